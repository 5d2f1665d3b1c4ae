export type HeaderLines = readonly (readonly [name: string, value: string])[];
