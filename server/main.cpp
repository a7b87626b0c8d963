// partnerd: a self-hosted server for partner programs.
//
//   check     check the configuration without starting anything   cli/check_command.cpp
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
        return partnerd::cli::dispatch(partnerd::cli::commands(), std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr);
    } catch (std::exception const& error) {
        std::cerr << "partnerd: " << error.what() << '\n';
        return partnerd::cli::exit_failed;
    }
}
