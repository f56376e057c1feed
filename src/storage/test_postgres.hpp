#pragma once

// A PostgreSQL server of the test's own, from Debian's package postgresql-15.

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/assert.hpp"

namespace tickstock::test_database {

/// Runs a server in a temporary directory, reached by a Unix socket there only, as user "postgres"
/// or "nobody" where the test is root's. All of it is gone at the end.
class PostgresServer {
public:
    static bool is_installed() { return access(binary("postgres").c_str(), X_OK) == 0; }

    /// `synced`: with fsync, for tests that kill it.
    explicit PostgresServer(bool synced = false) : synced_(synced) {
        std::string pattern = (std::filesystem::temp_directory_path() / "pg_XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        const passwd* user = nullptr;
        if (geteuid() == 0) {
            user = getpwnam("postgres") != nullptr ? getpwnam("postgres") : getpwnam("nobody");
            TS_ASSERT(user != nullptr);
            user_ = user->pw_uid;
            group_ = user->pw_gid;
            TS_ASSERT(chown(directory_.c_str(), user_, group_) == 0);
        }
        const pid_t made = run({binary("initdb"), "-D", directory_ + "/data", "-U", "test", "-A",
                                "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"});
        int status = 0;
        TS_ASSERT(waitpid(made, &status, 0) == made && status == 0);
        start();
    }
    ~PostgresServer() {
        if (server_ != 0) {
            ::kill(server_, SIGQUIT);  // at once, and leaves no shared memory behind
            waitpid(server_, nullptr, 0);
        }
        std::filesystem::remove_all(directory_);
    }
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    /// Does not wait until it accepts connections.
    void start() {
        TS_ASSERT(server_ == 0);
        server_ = run({binary("postgres"), "-D", directory_ + "/data", "-k", directory_, "-c",
                       "listen_addresses=", "-c", "port=5432", "-c",
                       synced_ ? "fsync=on" : "fsync=off", "-c", "shared_buffers=64MB", "-c",
                       "dynamic_shared_memory_type=mmap", "-c", "max_connections=20"});
    }
    /// SIGKILL to the server and all its processes. Waits for their end.
    void kill() {
        if (server_ == 0) {
            return;
        }
        const std::vector<pid_t> family = processes();
        signal_all(family, SIGSTOP);  // none is made meanwhile
        signal_all(family, SIGKILL);
        waitpid(server_, nullptr, 0);
        server_ = 0;
        for (const pid_t one : family) {
            while (::kill(one, 0) == 0) {  // a new server refuses to start beside them
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        }
    }
    /// Neither answers nor ends, until go_on().
    void stand_still() const { signal_all(processes(), SIGSTOP); }
    void go_on() const { signal_all(processes(), SIGCONT); }

    std::string url(const std::string& database = "postgres") const {
        std::string host;
        for (const char c : directory_) {
            host += c == '/' ? "%2F" : std::string(1, c);
        }
        return "postgresql://test@" + host + "/" + database;
    }
    const std::string& directory() const { return directory_; }

private:
    static std::string binary(const std::string& name) {
        return "/usr/lib/postgresql/15/bin/" + name;
    }

    /// The server and its children, which have process groups of their own.
    std::vector<pid_t> processes() const {
        std::vector<pid_t> found{server_};
        const std::string id = std::to_string(server_);
        std::ifstream children("/proc/" + id + "/task/" + id + "/children");
        for (pid_t child = 0; children >> child;) {
            found.push_back(child);
        }
        return found;
    }
    static void signal_all(const std::vector<pid_t>& processes, int signal) {
        for (const pid_t one : processes) {
            ::kill(one, signal);
        }
    }

    /// Of a process group of its own, with its words in DIRECTORY/log.
    pid_t run(std::vector<std::string> words) const {
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        const std::string log = directory_ + "/log";
        const pid_t child = fork();
        TS_ASSERT(child >= 0);
        if (child == 0) {
            setpgid(0, 0);
            if (user_ != 0 &&
                (setgroups(0, nullptr) != 0 || setgid(group_) != 0 || setuid(user_) != 0)) {
                _exit(126);
            }
            prctl(PR_SET_PDEATHSIG, SIGKILL);  // no server is left behind by a test that crashes
            const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
            dup2(out, 1);
            dup2(out, 2);
            if (chdir("/") != 0) {
                _exit(126);
            }
            execv(arguments[0], arguments.data());
            _exit(127);
        }
        setpgid(child, child);  // the same in both, so that kill() finds the group at once
        return child;
    }

    const bool synced_;
    std::string directory_;
    uid_t user_ = 0;
    gid_t group_ = 0;
    pid_t server_ = 0;
};

}  // namespace tickstock::test_database
