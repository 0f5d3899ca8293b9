package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// The code flow as FAPI 2.0 wants it: the request is pushed (RFC 9126), the
// client proves itself with a key (private_key_jwt) at both endpoints, and the
// tokens are bound to another key (DPoP, RFC 9449).

const assertionType = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

// fapiKeys are what one worker signs with.
type fapiKeys struct {
	client, dpop         *ecdsa.PrivateKey
	clientHead, dpopHead string
}

func newFAPIKeys(pemText, kid string) (*fapiKeys, error) {
	block, _ := pem.Decode([]byte(pemText))
	if block == nil {
		return nil, errors.New("fapi_key is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	clientKey, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("fapi_key is not on P-256")
	}
	dpop, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := dpop.PublicKey.ECDH()
	if err != nil {
		return nil, err
	}
	public := point.Bytes() // 4, x, y
	jwk := map[string]string{"kty": "EC", "crv": "P-256", "x": b64.EncodeToString(public[1:33]), "y": b64.EncodeToString(public[33:])}
	return &fapiKeys{
		client: clientKey, dpop: dpop,
		clientHead: segment(map[string]any{"alg": "ES256", "kid": kid}),
		dpopHead:   segment(map[string]any{"alg": "ES256", "typ": "dpop+jwt", "jwk": jwk}),
	}, nil
}

func segment(document map[string]any) string {
	b, _ := json.Marshal(document)
	return b64.EncodeToString(b)
}

func signJWT(key *ecdsa.PrivateKey, head string, claims map[string]any) (string, error) {
	input := head + "." + segment(claims)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return "", err
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + b64.EncodeToString(signature[:]), nil
}

// assertion is the body's part that authenticates the client.
func (w *worker) assertion() (string, error) {
	now := time.Now().Unix()
	id := w.t.FAPIClientID
	jwt, err := signJWT(w.fapi.client, w.fapi.clientHead, map[string]any{
		"iss": id, "sub": id, "aud": w.t.Issuer, "iat": now, "exp": now + 60, "jti": w.random(),
	})
	return "&client_id=" + url.QueryEscape(id) + "&client_assertion_type=" + assertionType + "&client_assertion=" + jwt, err
}

// proof is the DPoP header for one POST.
func (w *worker) proof(path string) (string, error) {
	jwt, err := signJWT(w.fapi.dpop, w.fapi.dpopHead, map[string]any{
		"jti": w.random(), "htm": "POST", "htu": w.t.Issuer + path, "iat": time.Now().Unix(),
	})
	return "DPoP: " + jwt + "\r\n", err
}

func (w *worker) opFAPI() error {
	state, nonce, verifier := w.random(), w.random(), w.random()
	requestURI, err := w.push(state, nonce, challenge(verifier))
	if err != nil {
		return err
	}
	path := w.t.path["authorize"] + "?client_id=" + url.QueryEscape(w.t.FAPIClientID) + "&request_uri=" + url.QueryEscape(requestURI)
	if err := w.cl.do("GET", path, "", nil, &w.r); err != nil {
		return err
	}
	if w.r.status != 302 && w.r.status != 303 {
		return fmt.Errorf("authorize: status %d %.80s", w.r.status, w.r.body)
	}
	code, err := w.codeFrom(w.r.location, state)
	if err != nil {
		return err
	}
	return w.redeemBound(code, verifier, nonce)
}

func (w *worker) push(state, nonce, chal string) (string, error) {
	proved, err := w.assertion()
	if err != nil {
		return "", err
	}
	body := "response_type=code&redirect_uri=" + url.QueryEscape(w.t.RedirectURI) + "&scope=" + url.QueryEscape(w.t.Scope) +
		"&state=" + state + "&nonce=" + nonce + "&code_challenge=" + chal + "&code_challenge_method=S256" + proved
	if err := w.cl.do("POST", w.t.path["par"], formType, []byte(body), &w.r); err != nil {
		return "", err
	}
	if err := w.expect(201, `"request_uri"`); err != nil {
		return "", err
	}
	return field(w.r.body, "request_uri"), nil
}

func (w *worker) redeemBound(code, verifier, nonce string) error {
	proved, err := w.assertion()
	if err != nil {
		return err
	}
	dpop, err := w.proof(w.t.path["token"])
	if err != nil {
		return err
	}
	body := "grant_type=authorization_code&code=" + url.QueryEscape(code) + "&redirect_uri=" + url.QueryEscape(w.t.RedirectURI) +
		"&code_verifier=" + verifier + proved
	if err := w.cl.do("POST", w.t.path["token"], formType+dpop, []byte(body), &w.r); err != nil {
		return err
	}
	if err := w.expect(200, `"access_token"`); err != nil {
		return err
	}
	if !eqFold([]byte(field(w.r.body, "token_type")), "dpop") {
		return errors.New("token_type is " + strconv.Quote(field(w.r.body, "token_type")) + ", not DPoP")
	}
	return w.checkJWT(field(w.r.body, "id_token"), w.t.FAPIClientID, nonce)
}

// signInFAPI opens the session for this client and allows it what it asks for,
// with the same walk as signIn, from a pushed request.
func (w *worker) signInFAPI() (err error) {
	if w.fapi, err = newFAPIKeys(w.t.FAPIKey, w.t.FAPIKid); err != nil {
		return err
	}
	state := w.random()
	requestURI, err := w.push(state, w.random(), challenge(w.random()))
	if err != nil {
		return err
	}
	start := w.t.path["authorize"] + "?client_id=" + url.QueryEscape(w.t.FAPIClientID) + "&request_uri=" + url.QueryEscape(requestURI)
	return w.walk(start, state)
}
