// Programs, for their operators.
#include "programs/program.hpp"

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/program_body.hpp"
#include "programs/partner.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

std::string program_json(storage::Tx& tx, Id program) { return *routing::row_json(tx, program_listing(), program); }

Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto body = routing::JsonBody::parse(request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    programs::Program program;
    program.handle = in.handle("handle");
    program.currency = in.currency("currency");
    auto wish = read_program(in);
    if (auto status = in.finish(); !status) return status;
    program.name = program.handle;
    if (auto wished = apply_wish(program, wish); !wished) return wished.error();
    if (auto status = programs::create_program(tx, api.kernel, program); !status) return status;
    audit_created(api, tx, request, program_listing(), program.id);
    response.set_header("location", "/v1/programs/" + program.handle);
    return answer(response, 201, program_json(tx, program.id));
}

Status show(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request, {}); !status) return status;
    return answer(response, 200, program_json(tx, request.program));
}

Status alter(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto body = routing::JsonBody::parse(request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    auto const wish = read_program(in);
    if (auto status = in.finish(); !status) return status;
    auto program = programs::find_program(tx, request.program);
    Audited audited(api, tx, request, program_listing(), request.program);
    auto const difference = apply_wish(*program, wish);
    if (!difference) return difference.error();
    if (!difference->empty())
        if (auto status = programs::update_program(tx, api.kernel, *program); !status) return status;
    audited.done("update");
    return answer(response, 200, program_json(tx, request.program));
}

Status set_status(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto body = routing::JsonBody::parse(request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    auto const status = in.choice("status", {"draft", "pilot", "live", "paused", "ended"});
    if (auto read = in.finish(); !read) return read;
    Audited audited(api, tx, request, program_listing(), request.program);
    if (auto changed = programs::change_status(tx, api.kernel, request.program, status); !changed) return changed;
    audited.done("status");
    return answer(response, 200, program_json(tx, request.program));
}

routing::TxHandler set_stop(Api const& api, bool stopped) {
    return [&api, stopped](storage::Tx& tx, Request& request, Response& response) -> Status {
        Audited audited(api, tx, request, program_listing(), request.program);
        programs::set_emergency_stop(tx, api.kernel, request.program, stopped);
        audited.done(stopped ? "stop" : "resume");
        return answer(response, 200, program_json(tx, request.program));
    };
}

Status add_pilot(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto body = routing::JsonBody::parse(request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    auto const name = in.text("partner", {.max = 64});
    if (auto status = in.finish(); !status) return status;
    auto const partner = programs::find_partner(tx, std::string_view(name));
    if (!partner) return Error(errc::unknown_partner, "there is no partner '" + name + "'", "/partner");
    bool const known = programs::is_pilot_partner(tx, request.program, partner->id);
    if (!known) {
        programs::add_pilot_partner(tx, api.kernel, request.program, partner->id);
        write_audit(api, tx, request, "add pilot partner", "program", request.program, "",
                    *routing::row_json(tx, pilot_listing(), partner->id));
    }
    return answer(response, known ? 200 : 201, *routing::row_json(tx, pilot_listing(), partner->id));
}

}  // namespace

void add_program_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto const bound = [&api](auto handle) {
        return [&api, handle](storage::Tx& tx, Request& request, Response& response) { return handle(api, tx, request, response); };
    };
    routes.push_back(get("/v1/programs", operators, "Programs", routing::list_of(program_listing(), routing::everything())));
    routes.push_back(change("POST", "/v1/programs", operators, "Create a program, as a draft", bound(create)));
    routes.push_back(get("/v1/programs/{program}", merchants, "A program", show));
    routes.push_back(change("PATCH", "/v1/programs/{program}", operators, "Change a program", bound(alter)));
    routes.push_back(change("POST", "/v1/programs/{program}/status", operators, "Move a program along: draft, pilot, live, paused, ended",
                            bound(set_status)));
    routes.push_back(change("POST", "/v1/programs/{program}/stop", operators, "Emergency stop of a program", set_stop(api, true)));
    routes.push_back(change("POST", "/v1/programs/{program}/resume", operators, "End of the emergency stop", set_stop(api, false)));
    routes.push_back(get("/v1/programs/{program}/pilot-partners", operators, "Who is credited while the program is a pilot",
                         routing::list_of(pilot_listing(), routing::of_program("i.program"))));
    routes.push_back(
        change("POST", "/v1/programs/{program}/pilot-partners", operators, "Let a partner take part in the pilot", bound(add_pilot)));
}

}  // namespace partnerd::api
