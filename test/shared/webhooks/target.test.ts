// Addresses that an agent must not call, however they are spelt; and those that it may.
import { describe, expect, it } from "vitest";
import { IPV4_BLOCKS, IPV6_BLOCKS } from "../../../shared/webhooks/special-addresses.ts";
import { flawOfAddress, readTarget } from "../../../shared/webhooks/target.ts";

const REFUSED = `
https://127.0.0.1/ https://127.1/ https://127.0.1/ https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://0177.0.0.1/
https://017700000001/ https://0x7f.0x0.0x0.0x1/ https://0/ https://0.0.0.0/ https://127%2e0.0.1/ https://127.0.0.1./
https://10.0.0.1/ https://10.255.255.255/ https://0xa.0.0.1/ https://012.0.0.1/ https://172.16.0.1/ https://172.31.255.255/
https://192.168.0.1/ https://192.168.1/ https://3232235521/ https://100.64.0.1/ https://100.127.255.255/ https://100.100.100.200/
https://169.254.169.254/latest/meta-data/ https://0xa9fea9fe/ https://2852039166/ https://0251.0376.0251.0376/ https://169.254.43518/
https://168.63.129.16/ https://192.0.0.1/ https://192.0.2.1/ https://192.88.99.1/ https://198.18.0.1/ https://198.19.255.255/
https://198.51.100.7/ https://203.0.113.7/ https://224.0.0.1/ https://239.255.255.250/ https://240.0.0.1/ https://255.255.255.255/
https://[::1]/ https://[::]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[::ffff:169.254.169.254]/ https://[::127.0.0.1]/
https://[0:0:0:0:0:ffff:10.0.0.1]/ https://[64:ff9b::7f00:1]/ https://[64:ff9b:1::1]/ https://[100::1]/ https://[fe80::1]/
https://[febf::1]/ https://[fc00::1]/ https://[fd00:ec2::254]/ https://[ff02::1]/ https://[2001::1]/ https://[2001:db8::1]/
https://[2002:7f00:1::]/ https://[3fff::1]/ https://[fec0::1]/ https://[5f00::1]/ https://[2620:4f:8000::1]/
https://localhost/ https://LOCALHOST/ https://localhost./ https://api.localhost/ https://metadata/ https://intranet/hook
https://metadata.google.internal/ https://printer.local/ https://router.lan/ https://db.corp/ https://host.home.arpa/ https://x.test/
https://service.onion/ https://a.invalid/ https://kubernetes.default.svc.cluster.local/
http://hooks.acme.com/ ftp://hooks.acme.com/ file:///etc/passwd gopher://hooks.acme.com/ ws://hooks.acme.com/ data:,x
javascript:alert(1) //hooks.acme.com/ hooks.acme.com /hooks
https://hooks.acme.com:8443/ https://hooks.acme.com:80/ https://hooks.acme.com:22/ https://hooks.acme.com:6379/
https://user@hooks.acme.com/ https://user:secret@hooks.acme.com/ https://hooks.acme.com@127.0.0.1/ https://@hooks.acme.com/ https://:@hooks.acme.com/
https://hooks.acme.com\\@127.0.0.1/ https:\\\\127.0.0.1\\ https://①②⑦.⓪.⓪.①/ https://127。0。0。1/ https://ⓛocalhost/
https://hooks..acme.com/ https://-x.acme.com/ https:/// https://[::1 https://[fe80::1%25eth0]/ https://256.1.1.1/ https://1.2.3.4.5/
`
  .trim()
  .split(/\s+/);

const CALLED = `
https://hooks.acme.com/ https://hooks.acme.com:443/a?b=c https://api.github.com/x https://xn--bcher-kva.example.com/ https://8.8.8.8/
https://1.1.1.1/dns-query https://[2606:4700:4700::1111]/ https://100.63.255.255/ https://100.128.0.1/ https://172.15.0.1/
https://172.32.0.1/ https://192.167.255.255/ https://169.253.0.1/ https://223.255.255.255/ https://[2003::1]/ https://local.acme.com/
`
  .trim()
  .split(/\s+/);

const code = (url: string, loopback = false) => {
  const target = readTarget(url, { loopback });
  return target.ok ? "called" : target.fault.code;
};

describe("an address", () => {
  it.each(REFUSED)("%s is not called", (url) => {
    expect(code(url)).toBe("HOOK_TARGET_REFUSED");
  });

  it.each(CALLED)("%s is called", (url) => {
    expect(code(url)).toBe("called");
  });

  it("with a blank, a tab or a line end in it is not called, wherever it leads", () => {
    for (const url of [
      "https://127.0.0.1\t/",
      "https://hooks.acme\n.com/",
      " https://hooks.acme.com/",
      "https://hooks.acme.com/\r",
    ])
      expect(code(url)).toBe("HOOK_TARGET_REFUSED");
    expect(code(`https://hooks.acme.com/${"a".repeat(2_048)}`)).toBe("HOOK_TARGET_REFUSED");
  });

  it("of this machine is called on a development stack, and no other private one", () => {
    for (const url of ["http://127.0.0.1:9/", "http://localhost:80/x", "https://[::1]:8443/", "http://0x7f.1:1/"])
      expect(code(url, true)).toBe("called");
    for (const url of ["http://10.0.0.1/", "http://u@127.0.0.1/", "http://hooks.acme.com/", "https://169.254.169.254/"])
      expect(code(url, true)).toBe("HOOK_TARGET_REFUSED");
  });
});

describe("a special block", () => {
  it("is refused at its first and last address, and not before or after it where that is public", () => {
    const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const written = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
    for (const { prefix, bits } of IPV4_BLOCKS) {
      const [first, last] = [number(prefix), number(prefix) + 2 ** (32 - bits) - 1];
      for (const address of [first, last]) expect(flawOfAddress(written(address))).not.toBeNull();
    }
    for (const { prefix } of IPV6_BLOCKS) expect(flawOfAddress(prefix)).not.toBeNull();
    for (const open of [
      "9.255.255.255",
      "11.0.0.0",
      "126.255.255.255",
      "128.0.0.0",
      "192.0.1.0",
      "198.17.255.255",
      "198.20.0.0",
    ])
      expect(flawOfAddress(open)).toBeNull();
  });

  it("is refused where a resolver's answer is no address at all", () => {
    for (const odd of ["", "localhost", "1.2.3", "1.2.3.256", "::1::", "1:2:3", "g::1", "hooks.acme.com."])
      expect(flawOfAddress(odd)).not.toBeNull();
  });
});
