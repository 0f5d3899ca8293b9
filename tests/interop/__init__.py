"""Clients that nobody here wrote sign somebody in: openid-client for Node, mod_auth_openidc for Apache, Authlib."""
