import type { Video } from '@vonage/video';
import { type Application, application } from '../../config/projects.fixture.ts';
import { type ApiRig, type ApiRigOptions, startApi } from './api-rig.ts';
import { videoOf } from './vonage-sdk.ts';

/** The API with two applications of Vonage beside the projects of OpenTok, and their SDKs. */
export interface ApplicationsRig extends ApiRig {
  readonly app: Application;
  readonly otherApp: Application;
  readonly video: Video;
  readonly otherVideo: Video;
}

export async function startWithApplications(options: Pick<ApiRigOptions, 'peers'> = {}): Promise<ApplicationsRig> {
  const app = application('11111111-1111-4111-8111-111111111111');
  const otherApp = application('22222222-2222-4222-8222-222222222222');
  const rig = await startApi({ ...options, moreProjects: [app.project, otherApp.project] });
  return { ...rig, app, otherApp, video: videoOf(app, rig.url), otherVideo: videoOf(otherApp, rig.url) };
}
