import { test } from 'uvu';
import { endMany } from './endings/end-many.ts';

test('2,000 calls that end in every way leave no transaction, dialog, timer or memory', () => endMany(2_000));

test.run();
