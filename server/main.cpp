// partnerd: a self-hosted server for partner programs.
//
//   serve     run the server                                      cli/serve_command.cpp
//   check     check the configuration without starting anything   cli/check_command.cpp
//   apply     make programs as a file says                        cli/apply_command.cpp
//   import    read orders, refunds, redemptions ... from CSV       cli/import_command.cpp
//   report    what each partner earned                            cli/report_command.cpp
//   verify    prove the books                                     cli/verify_command.cpp
//   key       create, list, revoke API keys                       cli/key_command.cpp
//   plugin    list plugins, show one                              cli/plugin_command.cpp
//   openapi   the OpenAPI document                                cli/openapi_command.cpp
//   demo      prepare the demo programs                           cli/demo_command.cpp
//   version   show the version                                    cli/version_command.cpp
//   help      explain a command                                   cli/help_command.cpp
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/dispatch.hpp"

int main(int argc, char** argv) {
    try {
        auto const code =
            partnerd::cli::dispatch(partnerd::cli::commands(), std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr);
        if (std::cout.flush()) return code;
        std::cerr << "partnerd: the output could not be written\n";
        return partnerd::cli::exit_failed;
    } catch (std::exception const& error) {
        std::cerr << "partnerd: " << error.what() << '\n';
        return partnerd::cli::exit_failed;
    }
}
