/**
 * Where a decoded message keeps what this version does not know, so that it is still there when the message is encoded
 * again the same way: protobuf keeps the fields' bytes, JSON an object. A copy by `{...message}` has it too.
 */
export const unknownFields: unique symbol = Symbol('unknownFields');

export interface WithUnknownFields {
  [unknownFields]?: Uint8Array | Readonly<Record<string, unknown>>;
}
