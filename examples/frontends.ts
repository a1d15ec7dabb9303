/** Pages that show what a client's BFF is for. */
export const FRONTENDS = [
  { name: 'web-dashboard', client: 'web', port: 5001, shows: 'the dashboard: React, urql' },
  { name: 'mobile-home', client: 'mobile', port: 5002, shows: 'the home screen: React, Apollo Client' },
] as const;
