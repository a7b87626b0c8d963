#include "auth/audit.hpp"

namespace partnerd::auth {

void record_audit(storage::Tx& tx, IdMint& mint, std::int64_t now_us, Actor actor, std::string_view action, std::string_view noun,
                  Id noun_id, std::string_view before, std::string_view after, std::string_view request_id) {
    using storage::arg;
    tx.put(
        "insert into audit (id, at_us, actor_kind, actor, action, noun, noun_id, before_json, after_json, request_id) "
        "values (:id, :at_us, :actor_kind, :actor, :action, :noun, :noun_id, :before_json, :after_json, :request_id)",
        {arg("id", mint.mint()), arg("at_us", now_us), arg("actor_kind", actor.kind), arg("actor", actor.id), arg("action", action),
         arg("noun", noun), arg("noun_id", noun_id), arg("before_json", before), arg("after_json", after), arg("request_id", request_id)});
}

}  // namespace partnerd::auth
