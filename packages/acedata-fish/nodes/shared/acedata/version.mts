/** Sent in `user-agent`. A test holds it against the manifest, which is not part of the shipped files. */
export const PACKAGE_VERSION = '0.1.0';

export const USER_AGENT = `n8n-nodes-acedata-fish/${PACKAGE_VERSION}`;
