// Every route of the Vault.

import { healthOf, readyOf } from '@ozura/contract/health';
import * as applications from '@ozura/contract/vault/applications';
import { verifyAuditLog } from '@ozura/contract/vault/audit';
import { getBin } from '@ozura/contract/vault/bins';
import { releaseCvcSessions } from '@ozura/contract/vault/cvc-sessions';
import { detokenize } from '@ozura/contract/vault/detokenize';
import * as keyRotation from '@ozura/contract/vault/keys';
import { createVaultSession, revokeVaultSession } from '@ozura/contract/vault/sessions';
import { createTestToken } from '@ozura/contract/vault/test-tokens';
import { tokenize } from '@ozura/contract/vault/tokenize';
import * as tokens from '@ozura/contract/vault/tokens';
import * as transfers from '@ozura/contract/vault/transfers';
import { serveDescription, serveDescriptionPage } from '@ozura/kit/http/description';
import { openFailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { serveHealth } from '@ozura/kit/http/health';
import { metricsPath, serveMetrics } from '@ozura/kit/http/metrics';
import type { RateLimits } from '@ozura/kit/http/rate-limit';
import { openRouter } from '@ozura/kit/http/route';
import { openServer } from '@ozura/kit/http/server';
import { serveTestClock } from '@ozura/kit/http/test-clock';
import type { Jobs } from '@ozura/kit/jobs';
import { NotReady } from '@ozura/kit/not-ready';
import type { FastifyInstance } from 'fastify';
import * as application from './api/applications.ts';
import { handleVerifyAudit } from './api/audit.ts';
import { handleGetBin } from './api/bins.ts';
import { handleReleaseCvc } from './api/cvc-sessions.ts';
import { handleDetokenize } from './api/detokenize.ts';
import { handleExportTokens } from './api/exports.ts';
import { handleGetImportKey, handleImportTokens } from './api/imports.ts';
import { handleGetRotation, handleStartRotation } from './api/keys.ts';
import { handleProxy, handleProxyByHeaders } from './api/proxy-transaction.ts';
import { handleCreateSession, handleRevokeSession } from './api/sessions.ts';
import { handleCreateTestToken } from './api/test-tokens.ts';
import { handleHoldToken, handleReleaseToken } from './api/token-holds.ts';
import { handleTokenize } from './api/tokenize.ts';
import * as token from './api/tokens.ts';
import { openAuthentication } from './auth.ts';
import type { KeyCaller } from './callers.ts';
import type { VaultContext } from './context.ts';
import { allowFrames } from './cors.ts';
import { sealed } from './keys/open.ts';
import type { Rotation } from './keys/rotation.ts';
import { wipeBodies } from './own-memory.ts';
import { distinguishHeaderForm, serveProxy } from './proxy-routes.ts';
import { watchKeys } from './watch-keys.ts';

/** What handlers do not see. */
interface Working {
  readonly rotation: Rotation;
  readonly jobs: Jobs;
  readonly limits: RateLimits;
  readonly isSealed: () => boolean;
}

export function openApp(context: VaultContext, { rotation, jobs, limits, isSealed }: Working): FastifyInstance {
  const { config, db } = context;
  const { trustedProxies, urls } = config;
  const app = openServer({ service: 'vault', context, trustedProxies, https: urls.vaultUrl.startsWith('https:') });
  const authentication = openAuthentication(context, openFailedAuthentications(limits));
  const { key, admin, tokenizer, askedKey, keyOrService, service } = authentication;

  refuseWhileSealed(app, isSealed);
  wipeBodies(app);
  distinguishHeaderForm(app);
  allowFrames(app, urls.elementsUrl);
  const { serve, finish } = openRouter(app, limits);
  serve(tokenize, {
    authenticate: tokenizer,
    limitOf: (who) => (who.kind === 'session' ? 'tokenizePerAddress' : 'tokenizePerKey'),
    limitBy: (request, who) => (who.kind === 'session' ? request.ip : who.application.id),
    handle: handleTokenize(context),
  });
  if (config.mode === 'test') {
    serve(createTestToken, {
      authenticate: authentication.keyWithPubKey,
      limitBy: byApplication,
      handle: handleCreateTestToken(context),
    });
  }
  serve(createVaultSession, { authenticate: keyOrService('checkout'), handle: handleCreateSession(context) });
  serve(revokeVaultSession, { authenticate: keyOrService('checkout'), handle: handleRevokeSession(context) });
  serve(tokens.getToken, { authenticate: keyOrService('checkout', 'pay'), handle: token.handleGetToken(context) });
  serve(tokens.listTokens, { authenticate: keyOrService('checkout', 'pay'), handle: token.handleListTokens(context) });
  serve(tokens.findTokens, { authenticate: service('pay'), handle: token.handleFindTokens(context) });
  serve(tokens.deleteToken, { authenticate: key, handle: token.handleDeleteToken(context) });
  serve(tokens.deleteTokensOfCustomer, { authenticate: key, handle: token.handleDeleteTokensOfCustomer(context) });
  serve(tokens.holdToken, { authenticate: service('pay'), handle: handleHoldToken(context) });
  serve(tokens.releaseToken, { authenticate: service('pay'), handle: handleReleaseToken(context) });
  serve(detokenize, { authenticate: key, limitBy: byApplication, handle: handleDetokenize(context) });
  serve(releaseCvcSessions, { authenticate: service('pay'), handle: handleReleaseCvc(context) });
  serve(getBin, { authenticate: keyOrService('checkout', 'pay'), handle: handleGetBin(context) });

  serve(applications.verifyVaultKey, { authenticate: askedKey, handle: application.handleVerifyKey() });
  serve(applications.createApplication, { authenticate: admin, handle: application.handleCreateApplication(context) });
  serve(applications.listApplications, { authenticate: admin, handle: application.handleListApplications(context) });
  serve(applications.getApplication, { authenticate: admin, handle: application.handleGetApplication(context) });
  serve(applications.updateApplication, { authenticate: admin, handle: application.handleUpdateApplication(context) });
  serve(applications.deleteApplication, { authenticate: admin, handle: application.handleDeleteApplication(context) });

  serve(keyRotation.getKeyRotation, { authenticate: admin, handle: handleGetRotation(rotation) });
  serve(keyRotation.startKeyRotation, { authenticate: admin, handle: handleStartRotation(context, rotation) });
  serve(transfers.exportTokens, { authenticate: admin, handle: handleExportTokens(context) });
  serve(transfers.getImportKey, { authenticate: admin, handle: handleGetImportKey(context) });
  serve(transfers.importTokens, { authenticate: admin, handle: handleImportTokens(context) });
  serve(verifyAuditLog, { authenticate: admin, handle: handleVerifyAudit(context) });

  serveTestClock({ serve }, 'vault', { mode: config.mode, db, jobs, authenticate: service('checkout') });
  serveHealth({ serve, finish }, 'vault', {
    database: () => db.check(),
    keys: async () => checkKeys(isSealed),
  });
  serveDescription({ serve }, 'vault');
  serveDescriptionPage(app, 'vault');
  serveMetrics(app, context, admin);
  watchKeys(context, isSealed);
  const byBody = handleProxy(context);
  const byHeaders = handleProxyByHeaders(context);
  app.register((scope) => serveProxy(scope, { limits, authenticate: keyOrService('pay'), byBody, byHeaders }));
  finish();
  return app;
}

const byApplication = (_request: unknown, { application }: KeyCaller): string => application.id;

/** Without keys there is nothing to serve; whether the program lives, why it is not ready and its numbers may be asked. */
function refuseWhileSealed(app: FastifyInstance, isSealed: () => boolean): void {
  const open = new Set([healthOf('vault').path, readyOf('vault').path, metricsPath]);
  app.addHook('onRequest', (request, _reply, done) =>
    done(isSealed() && !open.has(request.routeOptions.url ?? '') ? sealed() : undefined),
  );
}

function checkKeys(isSealed: () => boolean): void {
  if (isSealed()) throw new NotReady('sealed');
}
