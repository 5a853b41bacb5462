#!/bin/sh
# Writes a text of about 150 KB to standard output, the same one every time.
awk 'BEGIN {
    count = split("the river stone light of and to a morning in water old wind house that it was road she he \
with field for on they garden quiet boat after rain her his from night tree by not hill but children \
bread winter letter under long song bird when over town summer bridge salt door dark lantern silver thread", word, " ")
    seed = 20260221
    for (sentence = 0; sentence < 2600; sentence++) {
        seed = (seed * 1103 + 12345) % 2147483
        size = 7 + seed % 9
        line = ""
        for (n = 1; n <= size; n++) {
            seed = (seed * 1103 + 12345) % 2147483
            a = seed % count
            seed = (seed * 1103 + 12345) % 2147483
            b = seed % count
            next_word = word[1 + (a * b) % count]
            if (n == 1) next_word = toupper(substr(next_word, 1, 1)) substr(next_word, 2)
            line = line next_word (n == size ? "." : (seed % 11 == 0 ? ", " : " "))
        }
        print line
    }
}'
