// Signs in with openid-client: discovery, PKCE, a code, tokens, user information, refresh, revocation.
//   node openid_client.js ISSUER CLIENT_ID SECRET REDIRECT_URI [dpop]
// Prints the authorization URL, reads the address the browser ended at from standard input, prints what it learnt.
import * as client from 'openid-client';
import readline from 'node:readline/promises';

const [issuer, clientId, secret, redirectUri, bound] = process.argv.slice(2);
const config = await client.discovery(new URL(issuer), clientId, { id_token_signed_response_alg: 'ES256' },
  client.ClientSecretBasic(secret), { execute: [client.allowInsecureRequests] });
const DPoP = bound && client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri, scope: 'openid profile offline_access', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
console.log(url.href);

const input = readline.createInterface({ input: process.stdin });
const landed = await new Promise((resolve) => input.once('line', resolve));
input.close();
const tokens = await client.authorizationCodeGrant(config, new URL(landed), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
}, undefined, { DPoP });
const claims = tokens.claims();
const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP });
const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
const told = await client.tokenIntrospection(config, fresh.access_token);
await client.tokenRevocation(config, fresh.refresh_token);
const after = await client.tokenIntrospection(config, fresh.access_token);
console.log(JSON.stringify({ claims, info, active: after.active, type: tokens.token_type, cnf: told.cnf }));
