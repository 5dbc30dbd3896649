import { benchCreateSession } from './create-session.ts';
import { startSystem } from './system.ts';
const s = await startSystem();
try { console.log(s.startMs, await benchCreateSession(s.dev)); } finally { await s.stop(); }
