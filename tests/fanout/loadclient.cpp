// Many WebSocket clients in one process: see README.md beside this file.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "swarm.hpp"

namespace {

using namespace tickstock::fanout;

[[noreturn]] void complain(const std::string& what) {
    std::cerr << "loadclient: " << what << "; see tests/fanout/README.md\n";
    std::exit(2);
}

std::vector<Wish> read_wishes(const std::string& path) {
    std::ifstream in(path);
    if (!in) {
        complain("cannot open " + path);
    }
    std::vector<Wish> wishes;
    std::string fault;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        auto wish = parse_wish(line, fault);
        if (!wish) {
            complain(path + ": " + fault);
        }
        wishes.push_back(std::move(*wish));
    }
    return wishes;
}

struct Arguments {
    SwarmOptions swarm;
    std::string clients;
    std::string truth;
};

void set(Arguments& to, const std::string& name, const std::string& value) {
    const auto number = [&] { return std::strtod(value.c_str(), nullptr); };
    if (name == "--port") {
        to.swarm.port = static_cast<std::uint16_t>(number());
    } else if (name == "--clients") {
        to.clients = value;
    } else if (name == "--truth") {
        to.truth = value;
        to.swarm.rules.check = Check::Truth;
    } else if (name == "--check") {
        if (value != "light" && value != "items") {
            complain("--check " + value + "; accepted: light, items");
        }
        to.swarm.rules.check = value == "light" ? Check::Light : Check::Items;
    } else if (name == "--dialect") {
        if (value != "native" && value != "socketio") {
            complain("--dialect " + value + "; accepted: native, socketio");
        }
        to.swarm.rules.dialect = value == "native" ? Dialect::Native : Dialect::SocketIo;
    } else if (name == "--epoch") {
        to.swarm.rules.epoch = value;
    } else if (name == "--until") {
        to.swarm.until = static_cast<std::uint64_t>(number());
    } else if (name == "--sources") {
        to.swarm.source_addresses = static_cast<std::size_t>(number());
    } else if (name == "--connect-rate") {
        to.swarm.connects_per_second = number();
    } else if (name == "--reconnect-max") {
        to.swarm.reconnect_max = number();
    } else if (name == "--seed") {
        to.swarm.seed = static_cast<std::uint64_t>(number());
    } else {
        complain("unknown option " + name);
    }
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) {
            complain(std::string(argv[i]) + " needs a value");
        }
        set(arguments, argv[i], argv[i + 1]);
    }
    if (arguments.swarm.port == 0 || arguments.clients.empty()) {
        complain("--port and --clients are needed");
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::optional<Truth> truth;
    if (!arguments.truth.empty()) {
        std::string fault;
        truth = Truth::load(arguments.truth, fault);
        if (!truth) {
            complain(fault);
        }
        arguments.swarm.rules.truth = &*truth;
        arguments.swarm.until = truth->last();
    }
    Swarm(arguments.swarm, read_wishes(arguments.clients)).run();
    return 0;
}
