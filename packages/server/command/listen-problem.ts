/** Why a server cannot listen on a port, and what to do; `setting` is the variable that names the port. */
export function listenProblem({ code, message }: NodeJS.ErrnoException, port: number, setting: string): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use; set ${setting} to another`;
  if (code === 'EACCES') return `port ${port} is not for this user; set ${setting} to one from 1024 on`;
  return message;
}
