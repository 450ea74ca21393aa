package dev.allowflux.example.styles;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;

/** RxJava 3. */
record WithRxJava(AllowPolicyClient client) {

  Flowable<AllowPolicy> list(AccountId account) {
    return Flowable.fromPublisher(client.list(account));
  }

  Single<AllowPolicy> get(AccountId account, PolicyId id) {
    return Single.fromPublisher(client.get(account, id));
  }
}
