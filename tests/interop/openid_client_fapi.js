// Signs in with openid-client as FAPI 2.0 Message Signing wants it: a signed request, pushed; private_key_jwt; DPoP; a
// signed response; then user information, a refresh with the same token, introspection that is signed, revocation.
//   node openid_client_fapi.js ISSUER CLIENT_ID REDIRECT_URI
// Prints its public keys, waits for a line, prints the authorization URL, reads the address the browser ended at, prints
// what it learnt.
import * as client from 'openid-client';
import * as jose from 'jose';
import readline from 'node:readline';

const [issuer, clientId, redirectUri] = process.argv.slice(2);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value;

const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' };
console.log(JSON.stringify({ keys: [jwk] }));
await nextLine();

const key = { key: await crypto.subtle.importKey('jwk', await jose.exportJWK(privateKey),
  { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']), kid: 'one' };
const metadata = {
  id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256',
  introspection_signed_response_alg: 'ES256', use_mtls_endpoint_aliases: false,
};
const config = await client.discovery(new URL(issuer), clientId, metadata, client.PrivateKeyJwt(key),
  { execute: [client.allowInsecureRequests, client.useJwtResponseMode, client.enableNonRepudiationChecks] });

const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
let url = await client.buildAuthorizationUrlWithJAR(config, {
  redirect_uri: redirectUri, scope: 'openid profile offline_access', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}, key);
url = await client.buildAuthorizationUrlWithPAR(config, url.searchParams, { DPoP });
console.log(url.href);

const landed = await nextLine();
const tokens = await client.authorizationCodeGrant(config, new URL(landed), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
}, undefined, { DPoP });
const claims = tokens.claims();
const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP });
const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
const introspected = await client.tokenIntrospection(config, fresh.access_token);
await client.tokenRevocation(config, tokens.refresh_token);
const after = await client.tokenIntrospection(config, fresh.access_token);
console.log(JSON.stringify({
  url: Object.fromEntries(url.searchParams), landed: [...new URL(landed).searchParams.keys()], type: tokens.token_type,
  claims, info, rotated: fresh.refresh_token ?? null, bound: introspected.cnf ?? null, active: after.active,
}));
process.exit(0);
