// Signs in with go-oidc and golang.org/x/oauth2, as most services in Go do: discovery, PKCE, a code, a verified ID token,
// user information, a refresh.
//
//	go run . ISSUER CLIENT_ID SECRET REDIRECT_URI
//
// Prints the authorization URL, reads the address the browser ended at from standard input, prints what it learnt.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/url"
	"os"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	issuer, clientID, secret, redirect := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, issuer)
	check(err)
	config := oauth2.Config{
		ClientID: clientID, ClientSecret: secret, RedirectURL: redirect, Endpoint: provider.Endpoint(),
		Scopes: []string{oidc.ScopeOpenID, "profile", oidc.ScopeOfflineAccess},
	}
	verifier := oauth2.GenerateVerifier()
	fmt.Println(config.AuthCodeURL("a-state", oidc.Nonce("a-nonce"), oauth2.S256ChallengeOption(verifier)))

	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	check(err)
	landed, err := url.Parse(strings.TrimSpace(line))
	check(err)
	if landed.Query().Get("state") != "a-state" {
		log.Fatal("another state came back")
	}
	token, err := config.Exchange(ctx, landed.Query().Get("code"), oauth2.VerifierOption(verifier))
	check(err)
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
	check(err)
	check(idToken.VerifyAccessToken(token.AccessToken))
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	check(err)
	var claims map[string]any
	check(info.Claims(&claims))
	fresh, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"nonce": idToken.Nonce, "same": idToken.Subject == info.Subject, "name": claims["name"],
		"refreshed": fresh.AccessToken != token.AccessToken,
	}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
