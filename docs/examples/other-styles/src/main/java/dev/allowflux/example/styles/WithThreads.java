package dev.allowflux.example.styles;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/** Plain blocking code; on JDK 21 give it an executor of virtual threads. */
record WithThreads(AllowPolicyClient client, ExecutorService executor) {

  List<AllowPolicy> trusted(AccountId account) throws InterruptedException, ExecutionException {
    return executor
        .submit(
            () -> {
              try (Stream<AllowPolicy> policies = client.list(account).toStream(1)) {
                return policies.filter(p -> Boolean.TRUE.equals(p.isTrustedSender())).toList();
              }
            })
        .get();
  }

  AllowPolicy get(AccountId account, PolicyId id) throws InterruptedException, ExecutionException {
    return executor.submit(() -> client.get(account, id).block()).get();
  }
}
