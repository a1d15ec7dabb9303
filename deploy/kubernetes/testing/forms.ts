import { isNetwork } from './network.ts';
import { placesIn, type Rule, titleOf } from './objects.ts';
import { quantityOf } from './quantity.ts';

/** Values that have a form, wherever they stand: where, and which form. */
const FORMS: Readonly<Record<string, { readonly at: RegExp; readonly is: (value: unknown) => boolean }>> = {
  // The API server lets most names be 253 long and have dots; those of Deployments become labels and host names.
  'name of an object': { at: /^(?!Service\.)\w+\.metadata\.(name|namespace)$/, is: isLabel },
  'name of a Service': { at: /^Service\.metadata\.name$/, is: isServiceName },
  'name in a pod': { at: /\.(containers|volumes|volumeMounts)\.\d+\.name$/, is: isLabel },
  'name of a Secret': { at: /\.(secretKeyRef|configMapKeyRef)\.name$/, is: isSubdomain },
  'name of a variable': { at: /\.env\.\d+\.name$/, is: matches(/^[-._a-zA-Z][-._a-zA-Z0-9]*$/) },
  'name of a port': { at: /\.ports\.\d+\.name$/, is: isPortName },
  'number of a port': { at: /\.(containerPort|hostPort|endPort)$|^Service\.spec\.ports\.\d+\.port$/, is: isPort },
  'port by name or number': {
    at: /\.targetPort$|\.httpGet\.port$|^NetworkPolicy\..*\.port$/,
    is: (value) => isPort(value) || isPortName(value),
  },
  labels: { at: /\.(labels|matchLabels)$|^Service\.spec\.selector$/, is: areLabels },
  'name of an annotation': { at: /\.annotations$/, is: (value) => Object.keys(Object(value)).every(isQualifiedName) },
  quantity: {
    at: /\.resources\.(requests|limits)\.[^.]+$|\.sizeLimit$/,
    is: (value) => Number(quantityOf(value)) >= 0,
  },
  count: {
    at: /\.(replicas|minReplicas|minReadySeconds|revisionHistoryLimit|terminationGracePeriodSeconds|initialDelaySeconds)$/,
    is: isCount,
  },
  'count or share': {
    at: /\.(minAvailable|maxUnavailable|maxSurge)$/,
    is: (value) => isCount(value) || matches(/^(100|\d{1,2})%$/)(value),
  },
  'count of one or more': {
    at: /\.(maxSkew|averageUtilization|maxReplicas|\w+Probe\.(periodSeconds|timeoutSeconds|failureThreshold|successThreshold))$/,
    is: (value) => Number.isInteger(value) && Number(value) >= 1,
  },
  network: { at: /\.ipBlock\.(cidr|except\.\d+)$/, is: isNetwork },
};

/** A rule for each form. */
export const FORM_RULES: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.entries(FORMS).map(([name, { at, is }]) => [
    name,
    ({ objects }) =>
      objects.flatMap((object) =>
        [...placesIn(object, object.kind)]
          .filter(([path, value]) => at.test(path) && !is(value))
          .map(([path, value]) => `${titleOf(object)}: ${path} is ${JSON.stringify(value)}`),
      ),
  ]),
);

// The forms themselves: k8s.io/apimachinery/pkg/util/validation/validation.go.

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function matches(pattern: RegExp, longest = Number.POSITIVE_INFINITY) {
  return (value: unknown): value is string =>
    typeof value === 'string' && value.length <= longest && pattern.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

/** DNS-1123 label. */
function isLabel(value: unknown): boolean {
  return matches(LABEL, 63)(value);
}

/** DNS-1035 label: one that begins with a letter. Newer servers may take a DNS-1123 label, too. */
function isServiceName(value: unknown): boolean {
  return matches(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 63)(value);
}

/** DNS-1123 subdomain. */
function isSubdomain(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 253 && value.split('.').every((part) => LABEL.test(part));
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

/** IANA_SVC_NAME (RFC 6335): a letter at least, hyphens one at a time and within. */
function isPortName(value: unknown): boolean {
  return matches(/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/, 15)(value);
}

/** A name of 63, with or without the domain of who gave it. */
function isQualifiedName(value: string): boolean {
  const [name, domain, ...more] = value.split('/').reverse();
  const isName = matches(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 63)(name);
  return isName && more.length === 0 && (domain === undefined || isSubdomain(domain));
}

function areLabels(value: unknown): boolean {
  const isValue = matches(/^(|[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)$/, 63);
  return Object.entries(Object(value)).every(([key, each]) => isQualifiedName(key) && isValue(each));
}
