package dev.allowflux.benchmarks.driver;

import dev.allowflux.benchmarks.peer.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The JVM of a {@link Server}. */
public final class ServerProcess implements AutoCloseable {
  private final WorkerChannel child;
  private final List<Endpoint> endpoints = new ArrayList<>();

  public ServerProcess(Server.Spec... specs) throws IOException {
    List<String> command = new ArrayList<>(WorkerChannel.pinned());
    command.addAll(WorkerChannel.java(List.of()));
    command.add(Server.class.getName());
    for (Server.Spec spec : specs) {
      command.add(spec.argument());
    }
    child = new WorkerChannel(command);
    for (Server.Spec spec : specs) {
      String[] parts = child.readLine().split(" ", -1);
      endpoints.add(
          new Endpoint(
              parts[0], parts[1], parts[2], spec.pages() * Endpoint.PER_PAGE, spec.gzip()));
    }
  }

  /** Where the simulators listen, in the order of their descriptions. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  @Override
  public void close() {
    child.close();
  }
}
