#include <unistd.h>

#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "host/application.hpp"
#include "reports/verify.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;

int run_verify(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    host::Application application(*config, host::Use::read);
    auto options = application.verify_options();
    bool const terminal = isatty(STDERR_FILENO) == 1;
    if (terminal)
        options.progress = [&](std::string_view check, std::int64_t done, std::int64_t total) {
            invocation.err << "\r\x1b[K" << check << ": " << done;
            if (total > 0) invocation.err << " of " << total;
            invocation.err << std::flush;
        };
    auto const verification = reports::verify(application.storage(), application.rules(), options);
    if (terminal) invocation.err << "\r\x1b[K" << std::flush;
    if (invocation.has("json")) invocation.out << reports::to_json(verification) << '\n';
    else invocation.out << reports::to_text(verification);
    return verification.holds() ? exit_ok : exit_differences;
}

}  // namespace

Command const verify_command{
    .name = "verify",
    .summary = "prove the books: postings, balances, the seal, every commission recomputed",
    .synopsis = "partnerd verify [--json]",
    .description = "Checks that every entry's postings sum to zero, that balances equal their postings, that the seal is\n"
                   "whole, that each conversion recomputed from its snapshot gives the lines that were posted, that\n"
                   "roll-ups, idempotency keys and counters agree. A plugin that a program uses must be loaded: what it\n"
                   "keeps is proved by it alone, and counts as wrong without it. The last line is the figure: how many\n"
                   "things were checked and how many are wrong.\n"
                   "\n"
                   "Reads only; works beside a running server.",
    .examples = "$ partnerd verify",
    .configured = true,
    .finds_differences = true,
    .options = [](po::options_description& options) { options.add_options()("json", "as a JSON object"); },
    .run = run_verify,
};

}  // namespace partnerd::cli
