import type { SVGProps } from 'react';

type Props = SVGProps<SVGSVGElement>;

const stroked = {
  viewBox: '0 0 20 20',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.5,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const;

export const ScreensIcon = (props: Props) => (
  <svg {...stroked} {...props}>
    <title>Screens</title>
    <rect x="2.5" y="3.5" width="15" height="10.5" rx="1.5" />
    <path d="M7 17h6M10 14v3M6 7h5M6 10h8" />
  </svg>
);

export const ExplorerIcon = (props: Props) => (
  <svg {...stroked} {...props}>
    <title>Explorer</title>
    <path d="M4 4h3M4 4v12h5M4 10h5M12 10h4M12 16h4M10 4h6" />
    <circle cx="10.5" cy="10" r=".6" />
    <circle cx="10.5" cy="16" r=".6" />
  </svg>
);

export const UsageIcon = (props: Props) => (
  <svg {...stroked} {...props}>
    <title>Field usage</title>
    <path d="M3.5 3v13.5H17" />
    <path d="M7 13.5v-3M10.5 13.5V6M14 13.5V9" />
  </svg>
);

export const ChevronIcon = (props: Props) => (
  <svg {...stroked} viewBox="0 0 12 12" {...props}>
    <title>Open or close</title>
    <path d="m3 4.5 3 3 3-3" />
  </svg>
);

export const PlayIcon = (props: Props) => (
  <svg viewBox="0 0 12 12" fill="currentColor" aria-hidden="true" {...props}>
    <title>Run</title>
    <path d="M3 1.8v8.4a.6.6 0 0 0 .92.5l6.5-4.2a.6.6 0 0 0 0-1L3.92 1.3A.6.6 0 0 0 3 1.8Z" />
  </svg>
);
