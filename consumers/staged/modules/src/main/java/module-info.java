module consumer {
    requires io.github.llamaffm.all;
}
