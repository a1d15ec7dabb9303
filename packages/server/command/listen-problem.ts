/** The reason why a server cannot listen on a port, and what to do. `setting` is the variable of the port. */
export function listenProblem({ code, message }: NodeJS.ErrnoException, port: number, setting: string): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use; set ${setting} to another`;
  if (code === 'EACCES') return `port ${port} needs privileges; set ${setting} to 1024 or higher`;
  return message;
}
