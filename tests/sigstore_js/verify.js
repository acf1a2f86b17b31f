// SPDX-FileCopyrightText: 2026 The audit developers
// SPDX-License-Identifier: Apache-2.0
//
// Verifies a Sigstore bundle with one given public key, without a transparency log.
// node verify.js BUNDLE PUBLIC_KEY_PEM
const crypto = require('crypto');
const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const [, , bundlePath, keyPath] = process.argv;
const pem = fs.readFileSync(keyPath);
const hint = crypto.createHash('sha256').update(pem).digest('hex');
const byHint = (asked) => {
  if (asked !== hint) throw new Error(`no key of hint ${asked}`);
  return { publicKey: crypto.createPublicKey(pem), validFor: () => true };
};
const nobody = { certificateAuthorities: [], ctlogs: [], timestampAuthorities: [], tlogs: [] };
const verifier = new Verifier(toTrustMaterial(nobody, byHint), {
  ctlogThreshold: 0,
  tlogThreshold: 0,
  timestampThreshold: 0,
});
verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(fs.readFileSync(bundlePath, 'utf8')))));
console.log('verified');
