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

struct NewProgram {
    std::string handle;
    Currency currency;
    ProgramWish wish;
};

NewProgram read_new(routing::BodyReader& in) {
    auto handle = in.handle("handle");
    auto const currency = in.currency("currency");
    return {std::move(handle), currency, read_program(in)};
}

Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response, NewProgram const& said) {
    programs::Program program;
    program.handle = said.handle;
    program.currency = said.currency;
    program.name = program.handle;
    if (auto wished = apply_wish(program, said.wish); !wished) return wished.error();
    if (auto status = programs::create_program(tx, api.kernel, program); !status) return status;
    audit_created(api, tx, request, program_listing(), program.id);
    response.set_header("location", "/v1/programs/" + program.handle);
    return answer(response, 201, program_json(tx, program.id));
}

Status show(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    return answer(response, 200, program_json(tx, request.program));
}

Status alter(Api const& api, storage::Tx& tx, Request const& request, Response& response, ProgramWish const& wish) {
    auto program = programs::find_program(tx, request.program);
    Audited audited(api, tx, request, program_listing(), request.program);
    auto const difference = apply_wish(*program, wish);
    if (!difference) return difference.error();
    if (!difference->empty())
        if (auto status = programs::update_program(tx, api.kernel, *program); !status) return status;
    audited.done("update");
    return answer(response, 200, program_json(tx, request.program));
}

std::string read_status(routing::BodyReader& in) { return in.choice("status", {"draft", "pilot", "live", "paused", "ended"}); }

Status set_status(Api const& api, storage::Tx& tx, Request const& request, Response& response, std::string const& status) {
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

std::string read_pilot(routing::BodyReader& in) { return in.text("partner", {.max = 64}); }

Status add_pilot(Api const& api, storage::Tx& tx, Request const& request, Response& response, std::string const& name) {
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
    auto const answering_program = [](routing::Route route) { return answering(std::move(route), {200}, program_listing()); };
    routes.push_back(list("/v1/programs", operators, "Programs", program_listing(), routing::everything()));
    routes.push_back(answering(
        change("POST", "/v1/programs", operators, "Create a program, as a draft", Body{"NewProgram", read_new}, bound(api, create)), {201},
        program_listing()));
    routes.push_back(answering_program(get("/v1/programs/{program}", merchants, "A program", show)));
    routes.push_back(answering_program(
        change("PATCH", "/v1/programs/{program}", operators, "Change a program", Body{"ProgramChange", read_program}, bound(api, alter))));
    routes.push_back(answering_program(change("POST", "/v1/programs/{program}/status", operators,
                                              "Move a program along: draft, pilot, live, paused, ended", Body{"ProgramStatus", read_status},
                                              bound(api, set_status))));
    routes.push_back(
        answering_program(change("POST", "/v1/programs/{program}/stop", operators, "Emergency stop of a program", set_stop(api, true))));
    routes.push_back(
        answering_program(change("POST", "/v1/programs/{program}/resume", operators, "End of the emergency stop", set_stop(api, false))));
    routes.push_back(list("/v1/programs/{program}/pilot-partners", operators, "Who is credited while the program is a pilot",
                          pilot_listing(), routing::of_program("i.program")));
    routes.push_back(answering(change("POST", "/v1/programs/{program}/pilot-partners", operators, "Let a partner take part in the pilot",
                                      Body{"PilotPartnerWish", read_pilot}, bound(api, add_pilot)),
                               {200, 201}, pilot_listing()));
}

}  // namespace partnerd::api
