#include <ostream>

#include "cli/answer.hpp"
#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/door.hpp"

namespace partnerd::cli {

namespace {

int run_openapi(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    auto opened = open_door(*config);
    auto const answer = host::ask(*opened.door, {"GET", "/openapi.json", ""});
    if (is_refusal(answer)) {
        invocation.err << "partnerd: " << problem_text(answer) << '\n';
        return exit_failed;
    }
    invocation.out << answer.body << '\n';
    return exit_ok;
}

}  // namespace

Command const openapi_command{
    .name = "openapi",
    .summary = "print the OpenAPI 3.1 document of the core and the loaded plugins",
    .synopsis = "partnerd openapi",
    .description = "The same document as GET /openapi.json.",
    .examples = "$ partnerd openapi > openapi.json",
    .configured = true,
    .run = run_openapi,
};

}  // namespace partnerd::cli
