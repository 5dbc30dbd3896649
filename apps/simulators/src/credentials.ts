// By what the one merchant of each simulator is known there: the fields of `ozura merchant processor set`.

export const SIMULATED_CREDENTIALS = {
  elavon: { merchantId: '000127', userId: 'webpage', pin: 'SIMULATEDPIN000000000000000000000000' },
  nuvei: { merchantId: '427583496191624621', merchantSiteId: '142033', secretKey: 'simulated-nuvei-secret-key' },
  worldpay: { entity: 'default', username: 'simulated-user', password: 'simulated-password' },
} as const;
