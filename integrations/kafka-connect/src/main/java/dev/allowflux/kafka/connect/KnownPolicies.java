package dev.allowflux.kafka.connect;

import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AllowPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was emitted of an account: the id and a hash of each policy, in chunks. A chunk is what a
 * source offset holds, so a change rewrites one chunk and not the account. Closed, it takes 25
 * bytes a policy whose id is a UUID; open, while the account is read, a map.
 */
final class KnownPolicies {

  static final int CHUNK = 500;

  /** In front of an entry: whether the id is 16 bytes of a UUID or text. */
  private static final int UUID_ID = 0;

  private static final int TEXT_ID = 1;

  private final List<byte[]> closed = new ArrayList<>();
  private final List<Map<String, Long>> open = new ArrayList<>();
  private final Map<String, Integer> chunkOf = new HashMap<>();
  private boolean isOpen;
  private int size;
  private int firstWithSpace;

  /** Adds a chunk as it was stored; one before it that is missing is empty. */
  void addStored(int chunk, String text) {
    while (closed.size() < chunk) {
      closed.add(new byte[0]);
    }
    byte[] bytes = Base64.getDecoder().decode(text);
    size += decode(bytes).size();
    closed.add(bytes);
  }

  int size() {
    return size;
  }

  /** Makes the policies known one by one. */
  void open() {
    if (isOpen) {
      return;
    }
    isOpen = true;
    firstWithSpace = 0;
    for (int chunk = 0; chunk < closed.size(); chunk++) {
      Map<String, Long> entries = decode(closed.get(chunk));
      open.add(entries);
      for (String id : entries.keySet()) {
        chunkOf.put(id, chunk);
      }
    }
    closed.clear();
  }

  /** Packs what is known until the next round. */
  void close() {
    if (!isOpen) {
      return;
    }
    isOpen = false;
    open.forEach(entries -> closed.add(encode(entries)));
    open.clear();
    chunkOf.clear();
  }

  /** The ids that are known; a copy. */
  List<String> ids() {
    return new ArrayList<>(chunkOf.keySet());
  }

  /** The hash of a policy when it was last emitted, or null. */
  @Nullable Long hash(String id) {
    Integer chunk = chunkOf.get(id);
    return chunk == null ? null : open.get(chunk).get(id);
  }

  /** In which chunk a policy is, or would be put. */
  int chunkFor(String id) {
    Integer chunk = chunkOf.get(id);
    if (chunk != null) {
      return chunk;
    }
    while (firstWithSpace < open.size() && open.get(firstWithSpace).size() >= CHUNK) {
      firstWithSpace++;
    }
    return firstWithSpace;
  }

  void put(String id, long hash) {
    int chunk = chunkFor(id);
    if (chunk == open.size()) {
      open.add(new LinkedHashMap<>());
    }
    if (open.get(chunk).put(id, hash) == null) {
      size++;
      chunkOf.put(id, chunk);
    }
  }

  void remove(String id) {
    Integer chunk = chunkOf.remove(id);
    if (chunk != null) {
      open.get(chunk).remove(id);
      firstWithSpace = Math.min(firstWithSpace, chunk);
      size--;
    }
  }

  /** A chunk as it is stored. */
  String stored(int chunk) {
    return Base64.getEncoder()
        .encodeToString(chunk < open.size() ? encode(open.get(chunk)) : new byte[0]);
  }

  /** A hash of all that the service returns of a policy, unknown fields included. */
  static long hashOf(AllowPolicy policy) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(PolicyJson.write(policy)))
          .getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] encode(Map<String, Long> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(entries.size() * 25);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Map.Entry<String, Long> entry : entries.entrySet()) {
        UUID uuid = uuid(entry.getKey());
        if (uuid == null) {
          out.writeByte(TEXT_ID);
          out.writeUTF(entry.getKey());
        } else {
          out.writeByte(UUID_ID);
          out.writeLong(uuid.getMostSignificantBits());
          out.writeLong(uuid.getLeastSignificantBits());
        }
        out.writeLong(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private static @Nullable UUID uuid(String id) {
    if (id.length() != 36) {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(id);
      return uuid.toString().equals(id) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Map<String, Long> decode(byte[] bytes) {
    Map<String, Long> entries = new LinkedHashMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      while (in.available() > 0) {
        String id =
            switch (in.readByte()) {
              case UUID_ID -> new UUID(in.readLong(), in.readLong()).toString();
              case TEXT_ID -> in.readUTF();
              default -> throw new IOException("an id of an unknown form");
            };
        entries.put(id, in.readLong());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the stored state of an account is not whole", e);
    }
    return entries;
  }
}
