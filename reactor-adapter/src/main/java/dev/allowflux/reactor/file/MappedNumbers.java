package dev.allowflux.reactor.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The numbers of a mapped file, each read and written as a whole by whoever has mapped it. */
final class MappedNumbers {

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer memory;

  MappedNumbers(ByteBuffer memory) {
    this.memory = memory;
  }

  long read(int index) {
    return (long) LONGS.getVolatile(memory, index * Long.BYTES);
  }

  void write(int index, long value) {
    LONGS.setVolatile(memory, index * Long.BYTES, value);
  }

  boolean compareAndSet(int index, long expected, long value) {
    return LONGS.compareAndSet(memory, index * Long.BYTES, expected, value);
  }
}
