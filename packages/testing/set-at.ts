/** Puts a value where a path such as `spec.ports.0.port` leads to, or takes away what is there where it is undefined. */
export function setAt(target: unknown, path: string, value: unknown): void {
  const [name = '', ...rest] = path.split('.');
  const object = Object(target);
  if (rest.length > 0) setAt(object[name], rest.join('.'), value);
  else if (value === undefined) delete object[name];
  else object[name] = value;
}
