// Where the sandbox's test card goes that cannot be sent: a port below 1024 that nobody listens on.

export const unreachableUrl = 'http://127.0.0.1:1';
