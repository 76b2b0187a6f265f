import type { Secret } from './common.js';
import type { Unrecognized } from './ids.js';

export type CsiAccessMode =
  | 'UNKNOWN'
  | 'SINGLE_NODE_WRITER'
  | 'SINGLE_NODE_READER_ONLY'
  | 'MULTI_NODE_READER_ONLY'
  | 'MULTI_NODE_SINGLE_WRITER'
  | 'MULTI_NODE_MULTI_WRITER';

/** A volume that a CSI plugin of the agent provides (since Mesos 1.11). */
export interface CsiVolume {
  readonly pluginName: string;
  readonly staticProvisioning?: {
    readonly volumeId: string;
    readonly volumeCapability: {
      readonly accessMode: { readonly mode: CsiAccessMode | Unrecognized };
      readonly block?: Record<string, never>;
      readonly mount?: { readonly fsType?: string; readonly mountFlags?: readonly string[] };
    };
    readonly nodeStageSecrets?: Readonly<Record<string, Secret>>;
    readonly nodePublishSecrets?: Readonly<Record<string, Secret>>;
    readonly volumeContext?: Readonly<Record<string, string>>;
  };
}
