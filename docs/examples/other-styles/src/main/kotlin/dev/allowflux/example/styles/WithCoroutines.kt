package dev.allowflux.example.styles

import dev.allowflux.model.AccountId
import dev.allowflux.model.AllowPolicy
import dev.allowflux.model.PolicyId
import dev.allowflux.reactor.AllowPolicyClient
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.reactor.awaitSingle

/** Kotlin coroutines. */
class WithCoroutines(private val client: AllowPolicyClient) {

    fun trusted(account: AccountId): Flow<AllowPolicy> =
        client.list(account).asFlow().filter { it.isTrustedSender == true }

    suspend fun get(account: AccountId, id: PolicyId): AllowPolicy =
        client.get(account, id).awaitSingle()
}
