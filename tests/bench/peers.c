// Writes COUNT peers with random public keys twice, for wgns and for `wg setconf`:  peers COUNT TOML-FILE CONF-FILE
// Both files are appended to. Each peer has one address of 10.128.0.0/9.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: peers COUNT TOML-FILE CONF-FILE\n"), 2;
    FILE *random = fopen("/dev/urandom", "rb"), *toml = fopen(argv[2], "a"), *conf = fopen(argv[3], "a");
    if (!random || !toml || !conf) return perror("peers"), 1;
    for (int peer = 0; peer < atoi(argv[1]); peer++) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        unsigned char key[33] = {0};
        char text[45] = {0};
        if (fread(key, 1, 32, random) != 32) return perror("peers"), 1;
        for (int i = 0; i < 11; i++) {
            unsigned bits = (unsigned)key[3 * i] << 16 | (unsigned)key[3 * i + 1] << 8 | key[3 * i + 2];
            for (int j = 0; j < 4; j++) text[4 * i + j] = digits[bits >> (18 - 6 * j) & 63];
        }
        text[43] = '=';
        int b = 128 + (peer >> 16 & 127), c = peer >> 8 & 255, d = peer & 255;
        fprintf(toml, "\n[[peers]]\npublicKey = \"%s\"\nallowedIPs = [\"10.%d.%d.%d/32\"]\n", text, b, c, d);
        fprintf(conf, "\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.%d.%d.%d/32\n", text, b, c, d);
    }
    return fclose(toml) || fclose(conf);
}
