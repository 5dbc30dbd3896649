// For pages without a bundler: everything of the browser entry under one global, `OzElements`.
import * as elements from './index.ts';

Object.assign(globalThis, { OzElements: elements });
