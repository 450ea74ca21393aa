package dev.allowflux.benchmarks.driver;

import dev.allowflux.benchmarks.report.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JVM that measures one subject on request. */
public final class WorkerProcess implements Rounds.Trial, AutoCloseable {
  private final WorkerChannel child;
  private final Worker.Order order;
  private final int units;

  private WorkerProcess(WorkerChannel child, Worker.Order order, int units) {
    this.child = child;
    this.order = order;
    this.units = units;
  }

  /**
   * Starts a JVM with one JMH benchmark, which begins to warm up.
   *
   * @param order what it does in a round
   * @param units how many units of work an operation has
   */
  public static WorkerProcess benchmark(
      Class<?> type,
      String method,
      List<String> jvmArguments,
      Worker.Order warmUp,
      Worker.Order order,
      int units)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-Xms512m", "-Xmx512m"));
    arguments.addAll(jvmArguments);
    List<String> command = WorkerChannel.java(arguments);
    command.add(Worker.class.getName());
    command.add(type.getName() + "." + method);
    WorkerProcess worker = new WorkerProcess(new WorkerChannel(command), order, units);
    worker.child.writeLine(warmUp.line());
    return worker;
  }

  /** Waits until it is warm. */
  public void awaitWarm() throws IOException {
    answer();
  }

  /** Starts a JVM with the given heap, which begins to stream. */
  public static WorkerProcess heap(int mebibytes, List<String> jvmArguments, String... peer)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xmx" + mebibytes + "m");
    // The collector that the launcher of the command line chooses, and the one for small heaps.
    arguments.add("-XX:+UseSerialGC");
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.addAll(jvmArguments);
    List<String> command = WorkerChannel.java(arguments);
    command.add(HeapTrial.class.getName());
    command.addAll(List.of(peer));
    Worker.Order once = new Worker.Order(0, 1, 1);
    WorkerProcess worker = new WorkerProcess(new WorkerChannel(command), once, 1);
    worker.child.writeLine(once.line());
    return worker;
  }

  @Override
  public Sample run() throws IOException {
    child.writeLine(order.line());
    return answer().dividedBy(units);
  }

  private Sample answer() throws IOException {
    Sample sample = Sample.parse(child.readLine());
    if (sample == null) {
      throw new IOException("a worker said something else than a sample");
    }
    return sample;
  }

  /** Waits for the first stream; null if the JVM died of it or is not done within the time. */
  public @Nullable Sample first(int seconds) throws IOException {
    String line = child.readLine(seconds);
    return line == null ? null : Sample.parse(line);
  }

  @Override
  public void close() {
    child.close();
  }
}
