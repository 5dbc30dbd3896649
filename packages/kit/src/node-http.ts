// Node's `http`. An import would read all of its exports at once, and some of them are a client that nobody here uses:
// 50 ms of a start, and 14 MB of every program.
export const http = process.getBuiltinModule('node:http');
