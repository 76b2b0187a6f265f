import type { Labels, Parameter, Secret } from './common.js';
import type { CsiVolume } from './csi.js';
import type { Unrecognized } from './ids.js';
import type { LinuxInfo, RLimit } from './linux.js';

export interface Credential {
  readonly principal: string;
  readonly secret?: string;
}

export interface Image {
  readonly type: 'APPC' | 'DOCKER' | Unrecognized;
  readonly docker?: { readonly name: string; readonly credential?: Credential; readonly config?: Secret };
  readonly appc?: { readonly name: string; readonly id?: string; readonly labels?: Labels };
  /** False: pull even when there is a local copy. Default true. */
  readonly cached?: boolean;
}

export interface VolumeSource {
  readonly type?:
    | 'UNKNOWN'
    | 'DOCKER_VOLUME'
    | 'HOST_PATH'
    | 'SANDBOX_PATH'
    | 'SECRET'
    | 'CSI_VOLUME'
    | Unrecognized;
  readonly dockerVolume?: {
    readonly driver?: string;
    readonly name: string;
    readonly driverOptions?: { readonly parameter: readonly Parameter[] };
  };
  readonly hostPath?: {
    readonly path: string;
    readonly mountPropagation?: {
      readonly mode?: 'UNKNOWN' | 'HOST_TO_CONTAINER' | 'BIDIRECTIONAL' | Unrecognized;
    };
  };
  readonly sandboxPath?: { readonly type?: 'UNKNOWN' | 'SELF' | 'PARENT'; readonly path: string };
  readonly secret?: Secret;
  readonly csiVolume?: CsiVolume;
}

export interface Volume {
  readonly mode: 'RW' | 'RO' | Unrecognized;
  readonly containerPath: string;
  readonly hostPath?: string;
  readonly image?: Image;
  readonly source?: VolumeSource;
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol?: string;
}

export interface NetworkInfo {
  readonly ipAddresses?: readonly {
    readonly protocol?: 'IPv4' | 'IPv6' | Unrecognized;
    readonly ipAddress?: string;
  }[];
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly labels?: Labels;
  readonly portMappings?: readonly PortMapping[];
}

export interface DockerInfo {
  readonly image: string;
  readonly network?: 'HOST' | 'BRIDGE' | 'NONE' | 'USER' | Unrecognized;
  readonly portMappings?: readonly PortMapping[];
  readonly privileged?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly forcePullImage?: boolean;
  /** Only for volumes of the older kind, without a source. */
  readonly volumeDriver?: string;
}

export interface ContainerInfo {
  readonly type: 'DOCKER' | 'MESOS' | Unrecognized;
  readonly volumes?: readonly Volume[];
  readonly hostname?: string;
  readonly docker?: DockerInfo;
  readonly mesos?: { readonly image?: Image };
  readonly networkInfos?: readonly NetworkInfo[];
  readonly linuxInfo?: LinuxInfo;
  readonly rlimitInfo?: { readonly rlimits: readonly RLimit[] };
  readonly ttyInfo?: { readonly windowSize?: { readonly rows: number; readonly columns: number } };
}
