import { createHash } from 'node:crypto';

export interface TrustFacts {
  /** Of the authority, as systems list it. */
  readonly name: string;
  /** SHA-256, in pairs of digits. */
  readonly fingerprint: string;
  /** https://host:port of this box, as the reader knows it. */
  readonly origin: string;
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 42rem; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
code, .print { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .5rem; border: 1px solid; }
.get { display: inline-block; padding: .75rem 1rem; border: 2px solid; border-radius: .5rem; font-weight: bold; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
`;

/** For the page's Content-Security-Policy. */
export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

/** How to trust the box's authority, for whoever has come here with whatever device. */
export function trustPage(facts: TrustFacts): string {
  const name = escaped(facts.name);
  const origin = escaped(facts.origin);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trust this Crosspoint box</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Trust this Crosspoint box</h1>
<p>This box certifies itself: its authority was made at its first start, and belongs to it alone. Browsers give the
microphone to a page only when they trust that authority, so each device has to be told once.</p>
<p><a class="get" href="/trust/ca.crt">Download the certificate</a></p>
<p>The same as PEM, for Linux and programs: <a href="/trust/ca.pem">ca.pem</a>.</p>
<h2 id="fingerprint">First compare the fingerprint</h2>
<p>The certificate is called <strong>${name}</strong>. Its SHA-256 fingerprint is</p>
<p class="print">${facts.fingerprint}</p>
<p>The box prints the same one when it starts. Ask whoever runs it; if the two differ, somebody is between you and the
box: do not go on. Systems show the fingerprint before they install the certificate, or in its details.</p>

<h2 id="windows">Windows (Edge, Chrome)</h2>
<ol>
<li>Open the downloaded file, choose <b>Install Certificate</b>, then <b>Current User</b>.</li>
<li>Choose <b>Place all certificates in the following store</b>, <b>Browse</b>, <b>Trusted Root Certification Authorities</b>.</li>
<li>Finish, confirm, and start the browser again.</li>
</ol>

<h2 id="macos">macOS (Safari, Chrome)</h2>
<ol>
<li>Open the downloaded file: Keychain Access asks where to; choose <b>login</b>.</li>
<li>Open <b>${name}</b> there, unfold <b>Trust</b>, and set <b>When using this certificate</b> to <b>Always Trust</b>.</li>
</ol>

<h2 id="ios">iPhone and iPad</h2>
<ol>
<li>Download with Safari and allow it. Then <b>Settings</b>, <b>Profile Downloaded</b>, <b>Install</b>.</li>
<li><b>Settings</b>, <b>General</b>, <b>About</b>, <b>Certificate Trust Settings</b>: switch <b>${name}</b> on. Without this step it counts for nothing.</li>
</ol>

<h2 id="android">Android</h2>
<ol>
<li><b>Settings</b>, search for <b>CA certificate</b> (Security, Encryption and credentials, Install a certificate).</li>
<li>Choose <b>Install anyway</b> and the downloaded file. Chrome trusts it; apps do only if they say so.</li>
</ol>

<h2 id="firefox">Firefox</h2>
<ol>
<li><b>Settings</b>, <b>Privacy &amp; Security</b>, <b>View Certificates</b>, <b>Authorities</b>, <b>Import</b>.</li>
<li>Choose the downloaded file and tick <b>Trust this CA to identify websites</b>.</li>
</ol>
<p>On Windows, macOS and Android Firefox also takes what the system trusts (<b>Allow Firefox to automatically trust
third-party root certificates you install</b>).</p>

<h2 id="linux">Linux</h2>
<p>Debian and Ubuntu, for curl and most programs:</p>
<pre tabindex="0"><code>sudo cp ca.pem /usr/local/share/ca-certificates/crosspoint.crt
sudo update-ca-certificates</code></pre>
<p>Chrome and Chromium: <b>Settings</b>, <b>Privacy and security</b>, <b>Security</b>, <b>Manage certificates</b>; or</p>
<pre tabindex="0"><code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n crosspoint -i ca.pem</code></pre>

<h2 id="node">Node.js and the vendors' SDKs</h2>
<pre tabindex="0"><code>NODE_EXTRA_CA_CERTS=ca.pem node application.js</code></pre>
<p>Other programs: <code>curl --cacert ca.pem</code>, <code>SSL_CERT_FILE</code>, <code>REQUESTS_CA_BUNDLE</code> for Python.</p>

<h2 id="done">Then</h2>
<p>Open <a href="${origin}/trust">${origin}/trust</a>: the browser shows no warning any more.</p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, found => entities[found] ?? '');
}
