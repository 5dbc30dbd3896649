// Examples of the routes that every program has.
import type { Examples } from '../example.ts';

export const operationExamples: Examples = {
  health: [{ summary: 'Alive', answer: { status: 'ok', version: '0.1.0' } }],
  ready: [{ summary: 'Ready', answer: { status: 'ready' } }],
  openapi: [{ summary: 'The document', answer: { openapi: '3.1.0' } }],
};
