import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pac4j.core.context.CallContext;
import org.pac4j.core.context.Cookie;
import org.pac4j.core.context.WebContext;
import org.pac4j.core.context.session.SessionStore;
import org.pac4j.core.exception.http.WithLocationAction;
import org.pac4j.oidc.client.OidcClient;
import org.pac4j.oidc.config.OidcConfiguration;
import org.pac4j.oidc.profile.OidcProfile;

/**
 * Signs in with pac4j, which many services in Java use: discovery, PKCE, state and nonce, a code, a verified ID token, user
 * information.
 *
 * <p>java -cp CLASSPATH SignsIn.java ISSUER CLIENT_ID SECRET REDIRECT_URI
 *
 * <p>Prints the authorization URL, reads the address the browser ended at from standard input, prints what it learnt.
 */
public final class SignsIn {
    public static void main(String[] arguments) throws Exception {
        var configuration = new OidcConfiguration();
        configuration.setDiscoveryURI(arguments[0] + "/.well-known/openid-configuration");
        configuration.setClientId(arguments[1]);
        configuration.setSecret(arguments[2]);
        configuration.setScope("openid profile");
        configuration.setUseNonce(true);
        configuration.setWithState(true);
        var client = new OidcClient(configuration);
        client.setCallbackUrl(arguments[3]);
        client.setCallbackUrlResolver(new org.pac4j.core.http.callback.NoParameterCallbackUrlResolver());
        client.init();

        var session = new Session();
        var asked = client.getRedirectionAction(new CallContext(new Visit(arguments[3]), session)).orElseThrow();
        System.out.println(((WithLocationAction) asked).getLocation());

        var landed = new BufferedReader(new InputStreamReader(System.in)).readLine();
        var call = new CallContext(new Visit(landed), session);
        var shown = client.getCredentials(call).orElseThrow();
        var proved = client.validateCredentials(call, shown).orElseThrow();
        var profile = (OidcProfile) client.getUserProfile(call, proved).orElseThrow();
        System.out.printf("{\"name\": \"%s\", \"acr\": \"%s\", \"expired\": %b}%n",
            profile.getDisplayName(), profile.getAttribute("acr"), profile.isExpired());
    }

    /** One request of a browser, as far as pac4j looks at it. */
    private record Visit(String url, Map<String, Object> attributes) implements WebContext {
        Visit(String url) {
            this(url, new HashMap<>());
        }

        private Map<String, String> query() {
            var query = new HashMap<String, String>();
            var raw = URI.create(url).getRawQuery();
            for (var pair : raw == null ? new String[0] : raw.split("&")) {
                var at = pair.indexOf('=');
                query.put(decoded(pair.substring(0, at)), decoded(pair.substring(at + 1)));
            }
            return query;
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }

        @Override public Optional<String> getRequestParameter(String name) {
            return Optional.ofNullable(query().get(name));
        }

        @Override public Map<String, String[]> getRequestParameters() {
            var all = new HashMap<String, String[]>();
            query().forEach((name, value) -> all.put(name, new String[] {value}));
            return all;
        }

        @Override public Optional getRequestAttribute(String name) {
            return Optional.ofNullable(attributes.get(name));
        }

        @Override public void setRequestAttribute(String name, Object value) {
            attributes.put(name, value);
        }

        @Override public Optional<String> getRequestHeader(String name) {
            return Optional.empty();
        }

        @Override public String getRequestMethod() {
            return "GET";
        }

        @Override public String getRemoteAddr() {
            return "127.0.0.1";
        }

        @Override public void setResponseHeader(String name, String value) { }

        @Override public Optional<String> getResponseHeader(String name) {
            return Optional.empty();
        }

        @Override public void setResponseContentType(String type) { }

        @Override public String getServerName() {
            return URI.create(url).getHost();
        }

        @Override public int getServerPort() {
            return URI.create(url).getPort();
        }

        @Override public String getScheme() {
            return URI.create(url).getScheme();
        }

        @Override public boolean isSecure() {
            return "https".equals(getScheme());
        }

        @Override public String getFullRequestURL() {
            return url;
        }

        @Override public Collection<Cookie> getRequestCookies() {
            return List.of();
        }

        @Override public void addResponseCookie(Cookie cookie) { }

        @Override public String getPath() {
            return URI.create(url).getPath();
        }
    }

    /** The visitor's session at the service. */
    private static final class Session implements SessionStore {
        private final Map<String, Object> kept = new HashMap<>();

        @Override public Optional<String> getSessionId(WebContext context, boolean create) {
            return Optional.of("one");
        }

        @Override public Optional<Object> get(WebContext context, String key) {
            return Optional.ofNullable(kept.get(key));
        }

        @Override public void set(WebContext context, String key, Object value) {
            kept.put(key, value);
        }

        @Override public boolean destroySession(WebContext context) {
            kept.clear();
            return true;
        }

        @Override public Optional<Object> getTrackableSession(WebContext context) {
            return Optional.empty();
        }

        @Override public Optional<SessionStore> buildFromTrackableSession(WebContext context, Object session) {
            return Optional.empty();
        }

        @Override public boolean renewSession(WebContext context) {
            return false;
        }
    }
}
