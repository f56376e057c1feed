#pragma once

#include <string>
#include <vector>

namespace tickstock::test_database {

/// 200 and more payloads of at most 64 bytes: ways out of a text, times what is done then.
inline std::vector<std::string> injection_payloads() {
    const std::vector<std::string> ways_out{"'",    "\"",  "`",  "]",  "')", "\")",         "'))",
                                            "\\'",  "%27", "''", "';", "1;", "1)",          "x' ",
                                            "',1)", "?1",  "$1", ":a", "@b", "\xef\xbc\x87"};
    const std::vector<std::string> deeds{"; DROP TABLE filters; --",
                                         " OR 1=1 --",
                                         " UNION SELECT sql FROM sqlite_master --",
                                         "; DELETE FROM users; --",
                                         "; UPDATE users SET version=9; --",
                                         "; ATTACH 'x.db' AS x; --",
                                         "; PRAGMA user_version=9; --",
                                         "; CREATE TABLE t(x); --",
                                         "||load_extension('x')||",
                                         "; INSERT INTO users VALUES('eve',1) --",
                                         "/*"};
    std::vector<std::string> all;
    for (const std::string& way : ways_out) {
        for (const std::string& deed : deeds) {
            all.push_back(way + deed);
        }
    }
    return all;
}

}  // namespace tickstock::test_database
