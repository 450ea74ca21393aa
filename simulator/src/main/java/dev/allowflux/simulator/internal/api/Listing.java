package dev.allowflux.simulator.internal.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.internal.exchange.Response;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.PolicyWriter;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;

/** The operation that lists a page of policies. */
final class Listing {
  private final PolicyStore store;
  private final PolicyWriter writer;
  private final TotalCounter totals;
  private final Behavior behavior;

  Listing(PolicyStore store, PolicyWriter writer, TotalCounter totals, Behavior behavior) {
    this.store = store;
    this.writer = writer;
    this.totals = totals;
    this.behavior = behavior;
  }

  /** Forgets totals that are cached. */
  void reset() {
    totals.reset();
  }

  /**
   * Lists a page.
   *
   * @param fault changes the page, if it is a change of pages
   */
  Response list(ListQuery query, FaultEffect fault, ByteBufAllocator allocator) {
    PageCut cut =
        PageCut.of(query.page(), Math.min(query.perPage(), behavior.maxPageSize()), fault);
    PolicyStore.Slice slice =
        store.list(query.selection(), query.descending(), cut.offset(), cut.limit());
    int reported = behavior.echoesPageSize() ? query.perPage() : cut.perPage();
    byte[] end = pageEnd(slice, query, reported).getBytes(ISO_8859_1);
    return Response.json(200, page(slice.policies(), end, allocator));
  }

  private String pageEnd(PolicyStore.Slice slice, ListQuery query, int perPage) {
    Integer total = totals.total(query.selection(), slice);
    return "],\"result_info\":{\"count\":"
        + slice.policies().size()
        + ",\"page\":"
        + query.page()
        + ",\"per_page\":"
        + perPage
        + (total == null ? "" : ",\"total_count\":" + total)
        + "}}";
  }

  /** Copies policies into one buffer of the exact size; nearly all bytes are written here. */
  private ByteBuf page(List<StoredPolicy> policies, byte[] end, ByteBufAllocator allocator) {
    byte[] start = Envelope.START;
    int length = start.length + 1 + Math.max(0, policies.size() - 1) + end.length;
    for (StoredPolicy policy : policies) {
      length += writer.length(policy);
    }
    ByteBuf body = allocator.heapBuffer(length, length);
    byte[] target = body.array();
    int at = body.arrayOffset();
    System.arraycopy(start, 0, target, at, start.length);
    at += start.length;
    target[at++] = '[';
    for (int i = 0; i < policies.size(); i++) {
      if (i > 0) {
        target[at++] = ',';
      }
      at = writer.write(policies.get(i), target, at);
    }
    System.arraycopy(end, 0, target, at, end.length);
    return body.writerIndex(length);
  }
}
