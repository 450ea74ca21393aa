package dev.allowflux.example.styles;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.converters.multi.MultiReactorConverters;
import io.smallrye.mutiny.converters.uni.UniReactorConverters;

/** Mutiny, as in Quarkus. */
record WithMutiny(AllowPolicyClient client) {

  Multi<AllowPolicy> list(AccountId account) {
    return Multi.createFrom().converter(MultiReactorConverters.fromFlux(), client.list(account));
  }

  Uni<AllowPolicy> get(AccountId account, PolicyId id) {
    return Uni.createFrom().converter(UniReactorConverters.fromMono(), client.get(account, id));
  }
}
