package dev.allowflux.simulator.internal.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A new key with a self-signed certificate.
 *
 * <p>The JDK reads certificates but makes none, and Netty's helper needs either a JDK opened by
 * options or another library; the few DER structures of one certificate are written here instead.
 */
public record SelfSignedCertificate(PrivateKey key, X509Certificate certificate) {
  private static final byte[] VERSION_3 = hex("a003020102");
  private static final byte[] ECDSA_WITH_SHA256 = hex("300a06082a8648ce3d040302");
  private static final byte[] COMMON_NAME = hex("0603550403");
  private static final byte[] SUBJECT_ALTERNATIVE_NAME = hex("0603551d11");
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int UTF8_STRING = 0x0C;
  private static final int UTC_TIME = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;
  private static final int EXTENSIONS = 0xA3;

  /**
   * Makes a certificate.
   *
   * @param hosts the DNS names and IP addresses that it is valid for
   */
  public static SelfSignedCertificate of(String... hosts) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] name =
          der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, ascii(hosts[0])))));
      byte[] validity =
          der(
              SEQUENCE,
              der(UTC_TIME, ascii("200101000000Z")),
              der(UTC_TIME, ascii("491231235959Z")));
      byte[][] names = new byte[hosts.length][];
      for (int i = 0; i < hosts.length; i++) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(hosts[i]);
        names[i] = address == null ? der(DNS_NAME, ascii(hosts[i])) : der(IP_ADDRESS, address);
      }
      byte[] extension =
          der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, der(SEQUENCE, names)));
      // A client refuses a second certificate with the same name and serial number.
      byte[] serial = ascii(Long.toString(System.nanoTime() & Long.MAX_VALUE));
      byte[] content =
          der(
              SEQUENCE,
              VERSION_3,
              der(INTEGER, serial),
              ECDSA_WITH_SHA256,
              name,
              validity,
              name,
              keys.getPublic().getEncoded(),
              der(EXTENSIONS, der(SEQUENCE, extension)));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      byte[] certificate =
          der(
              SEQUENCE,
              content,
              ECDSA_WITH_SHA256,
              der(BIT_STRING, new byte[] {0}, signature.sign()));
      return new SelfSignedCertificate(
          keys.getPrivate(),
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no elliptic curves in this JDK", e);
    }
  }

  public String pem() {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that cannot be written", e);
    }
  }

  /** A tag, the length, and the parts one after the other. */
  private static byte[] der(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] header;
    if (length < 0x80) {
      header = new byte[] {(byte) tag, (byte) length};
    } else if (length < 0x100) {
      header = new byte[] {(byte) tag, (byte) 0x81, (byte) length};
    } else {
      header = new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    }
    byte[] all = new byte[header.length + length];
    System.arraycopy(header, 0, all, 0, header.length);
    int at = header.length;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
