// Why a program cannot work now, in words that anybody may read: `/ready` shows them.

export class NotReady extends Error {}
