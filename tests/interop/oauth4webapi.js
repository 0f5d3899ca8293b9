// Signs in with oauth4webapi, which leaves every step to its caller: discovery, a pushed request, PKCE, DPoP, a code, an
// ID token whose signature is checked, user information.
//   node oauth4webapi.js ISSUER CLIENT_ID SECRET REDIRECT_URI
// Prints the authorization URL, reads the address the browser ended at from standard input, prints what it learnt.
import * as oauth from 'oauth4webapi';
import readline from 'node:readline';

const [issuer, clientId, secret, redirectUri] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true };
const address = new URL(issuer);
const server = await oauth.discoveryRequest(address, insecure).then((r) => oauth.processDiscoveryResponse(address, r));
const client = { client_id: clientId, id_token_signed_response_alg: 'ES256' };
const proves = oauth.ClientSecretBasic(secret);
const options = { ...insecure, DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) };

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const nonce = oauth.generateRandomNonce();
const asked = new URLSearchParams({
  response_type: 'code', redirect_uri: redirectUri, scope: 'openid profile', state, nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const pushed = await oauth.pushedAuthorizationRequest(server, client, proves, asked, options)
  .then((r) => oauth.processPushedAuthorizationResponse(server, client, r));
const url = new URL(server.authorization_endpoint);
url.searchParams.set('client_id', clientId);
url.searchParams.set('request_uri', pushed.request_uri);
console.log(url.href);

const input = readline.createInterface({ input: process.stdin });
const landed = await new Promise((resolve) => input.once('line', resolve));
input.close();
const answer = oauth.validateAuthResponse(server, client, new URL(landed), state);
const response = await oauth.authorizationCodeGrantRequest(server, client, proves, answer, redirectUri, verifier, options);
const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true });
await oauth.validateApplicationLevelSignature(server, response, insecure);
const claims = oauth.getValidatedIdTokenClaims(tokens);
const info = await oauth.userInfoRequest(server, client, tokens.access_token, options)
  .then((r) => oauth.processUserInfoResponse(server, client, claims.sub, r));
console.log(JSON.stringify({ type: tokens.token_type, nonce: claims.nonce === nonce, name: info.name }));
