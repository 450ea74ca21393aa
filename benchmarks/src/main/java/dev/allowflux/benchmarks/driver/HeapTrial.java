package dev.allowflux.benchmarks.driver;

import com.sun.management.OperatingSystemMXBean;
import dev.allowflux.benchmarks.peer.Endpoint;
import dev.allowflux.benchmarks.peer.OwnStream;
import dev.allowflux.benchmarks.peer.WebClientStream;
import dev.allowflux.benchmarks.report.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * Streams every policy of a server in a JVM whose heap is what is being measured, without JMH in
 * it.
 */
public final class HeapTrial {
  private HeapTrial() {}

  /**
   * Streams once for each line of standard input and answers with a {@link Sample} for a page.
   *
   * @param args {@code webClient} for the peer
   */
  public static void main(String[] args) throws IOException {
    boolean peer = args.length > 0 && args[0].equals("webClient");
    Runnable run = peer ? new WebClientStream()::all : new OwnStream()::all;
    OperatingSystemMXBean process =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    int pages = Endpoint.ofThisProcess().pages();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (orders.readLine() != null) {
      long cpu = process.getProcessCpuTime();
      long start = System.nanoTime();
      run.run();
      double nanos = System.nanoTime() - start;
      double cpuNanos = process.getProcessCpuTime() - cpu;
      System.out.println(new Sample(nanos, null, cpuNanos).dividedBy(pages).line());
    }
  }
}
