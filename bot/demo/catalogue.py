"""Well-known papers, so that the demo has something to show while the network is away.

Titles, authors, years and venues are the papers' own; the abstracts are short descriptions of ours.
"""

from bot.papers.references.identifiers import Kind, Reference
from bot.papers.sources.record import PaperRecord


def _paper(
    title: str, authors: str, year: int, venue: str, about: str, *references: Reference
) -> PaperRecord:
    return PaperRecord(
        title=title,
        authors=tuple(authors.split(", ")),
        year=year,
        venue=venue,
        abstract=about,
        url=references[0].url,
        references=frozenset(references),
    )


CATALOGUE: tuple[PaperRecord, ...] = (
    _paper(
        "Attention Is All You Need",
        "Ashish Vaswani, Noam Shazeer, Niki Parmar, Jakob Uszkoreit, Llion Jones, Aidan N. "
        "Gomez, Łukasz Kaiser, Illia Polosukhin",
        2017,
        "NeurIPS",
        "Introduces the Transformer, a translation model built from attention alone, without "
        "recurrence or convolution. It trains in parallel over the whole sentence, beats the "
        "best earlier systems on two translation tasks at a fraction of their cost, and became "
        "the ground that today's language models stand on.",
        Reference(Kind.ARXIV, "1706.03762"),
    ),
    _paper(
        "Deep Residual Learning for Image Recognition",
        "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
        2016,
        "CVPR",
        "Very deep networks used to get worse with more layers, even on their training data. "
        "Letting each block learn only the difference to its input makes networks of over a "
        "hundred layers trainable; they won the ImageNet and COCO competitions of 2015.",
        Reference(Kind.ARXIV, "1512.03385"),
        Reference(Kind.DOI, "10.1109/cvpr.2016.90"),
    ),
    _paper(
        "Adam: A Method for Stochastic Optimization",
        "Diederik P. Kingma, Jimmy Ba",
        2015,
        "ICLR",
        "A first-order optimiser that keeps running averages of the gradient and of its square "
        "and scales each step by them. It needs little memory and little tuning, and became "
        "the default choice in deep learning.",
        Reference(Kind.ARXIV, "1412.6980"),
    ),
    _paper(
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        "Jacob Devlin, Ming-Wei Chang, Kenton Lee, Kristina Toutanova",
        2019,
        "NAACL",
        "Pre-trains a Transformer encoder to fill in masked words from both sides at once. "
        "With one extra output layer, the same model then sets records on eleven language "
        "tasks.",
        Reference(Kind.ARXIV, "1810.04805"),
        Reference(Kind.DOI, "10.18653/v1/n19-1423"),
    ),
    _paper(
        "Generative Adversarial Networks",
        "Ian J. Goodfellow, Jean Pouget-Abadie, Mehdi Mirza, Bing Xu, David Warde-Farley, "
        "Sherjil Ozair, Aaron Courville, Yoshua Bengio",
        2014,
        "NeurIPS",
        "Two networks play against each other: one invents samples, the other tells them from "
        "real data. At the balance point of the game the inventions follow the distribution of "
        "the data, with no likelihood to compute.",
        Reference(Kind.ARXIV, "1406.2661"),
    ),
    _paper(
        "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
        "Nitish Srivastava, Geoffrey Hinton, Alex Krizhevsky, Ilya Sutskever, Ruslan Salakhutdinov",
        2014,
        "Journal of Machine Learning Research",
        "Switches off a random part of the units at each training step, so that they cannot "
        "lean on each other. At test time the full network stands in for the average of all "
        "the thinned ones, and generalises better.",
        Reference(Kind.JMLR, "v15/srivastava14a"),
    ),
    _paper(
        "Auto-Encoding Variational Bayes",
        "Diederik P. Kingma, Max Welling",
        2014,
        "ICLR",
        "Shows how to train a model with continuous hidden variables by ordinary gradient "
        "descent: draw the noise outside the network and let it pass through. The result is "
        "the variational autoencoder.",
        Reference(Kind.ARXIV, "1312.6114"),
    ),
    _paper(
        "Batch Normalization: Accelerating Deep Network Training by Reducing Internal "
        "Covariate Shift",
        "Sergey Ioffe, Christian Szegedy",
        2015,
        "ICML",
        "Normalises the inputs of each layer over the current mini-batch. Higher learning "
        "rates become safe, initialisation matters less, and training takes far fewer steps.",
        Reference(Kind.ARXIV, "1502.03167"),
    ),
    _paper(
        "Playing Atari with Deep Reinforcement Learning",
        "Volodymyr Mnih, Koray Kavukcuoglu, David Silver, Alex Graves, Ioannis Antonoglou, "
        "Daan Wierstra, Martin Riedmiller",
        2013,
        "NIPS Deep Learning Workshop",
        "A convolutional network learns to play seven Atari games from the pixels and the "
        "score, with a variant of Q-learning that replays past experience. It beats earlier "
        "methods on six of the games.",
        Reference(Kind.ARXIV, "1312.5602"),
    ),
    _paper(
        "Mastering the game of Go with deep neural networks and tree search",
        "David Silver, Aja Huang, Chris J. Maddison, Arthur Guez, Laurent Sifre, George van "
        "den Driessche, Julian Schrittwieser, Ioannis Antonoglou, Veda Panneershelvam, Marc "
        "Lanctot, Sander Dieleman, Dominik Grewe, John Nham, Nal Kalchbrenner, Ilya Sutskever, "
        "Timothy Lillicrap, Madeleine Leach, Koray Kavukcuoglu, Thore Graepel, Demis Hassabis",
        2016,
        "Nature",
        "Combines tree search with networks that judge positions and suggest moves, trained on "
        "human games and on play against itself. The program, AlphaGo, beat a professional at "
        "full-size Go for the first time.",
        Reference(Kind.DOI, "10.1038/nature16961"),
    ),
    _paper(
        "Highly accurate protein structure prediction with AlphaFold",
        "John Jumper, Richard Evans, Alexander Pritzel, Tim Green, Michael Figurnov, Olaf "
        "Ronneberger, Kathryn Tunyasuvunakool, Russ Bates, Augustin Žídek, Anna Potapenko, "
        "Alex Bridgland, Clemens Meyer, Simon A. A. Kohl, Andrew J. Ballard, Andrew Cowie, "
        "Bernardino Romera-Paredes, Stanislav Nikolov, Rishub Jain, Jonas Adler, Trevor Back, "
        "Stig Petersen, David Reiman, Ellen Clancy, Michal Zielinski, Martin Steinegger, "
        "Michalina Pacholska, Tamas Berghammer, Sebastian Bodenstein, David Silver, Oriol "
        "Vinyals, Andrew W. Senior, Koray Kavukcuoglu, Pushmeet Kohli, Demis Hassabis",
        2021,
        "Nature",
        "Predicts the three-dimensional shape of a protein from its sequence with near- "
        "experimental accuracy in most cases, by a network that reasons over related sequences "
        "and geometry together.",
        Reference(Kind.DOI, "10.1038/s41586-021-03819-2"),
    ),
    _paper(
        "Deep learning",
        "Yann LeCun, Yoshua Bengio, Geoffrey Hinton",
        2015,
        "Nature",
        "A review by three of the field's founders: how many-layered networks learn "
        "representations by backpropagation, and what that did for speech, vision and "
        "language.",
        Reference(Kind.DOI, "10.1038/nature14539"),
    ),
    _paper(
        "Long Short-Term Memory",
        "Sepp Hochreiter, Jürgen Schmidhuber",
        1997,
        "Neural Computation",
        "Recurrent networks forget because their error signal fades. A memory cell whose "
        "content is guarded by gates keeps the signal alive across more than a thousand steps.",
        Reference(Kind.DOI, "10.1162/neco.1997.9.8.1735"),
    ),
    _paper(
        "Learning representations by back-propagating errors",
        "David E. Rumelhart, Geoffrey E. Hinton, Ronald J. Williams",
        1986,
        "Nature",
        "Describes how to adjust the weights of a layered network by sending the error "
        "backwards, and shows that hidden units come to stand for useful features of the task.",
        Reference(Kind.DOI, "10.1038/323533a0"),
    ),
    _paper(
        "Gradient-based learning applied to document recognition",
        "Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner",
        1998,
        "Proceedings of the IEEE",
        "Convolutional networks read handwritten characters better than hand-made features do, "
        "and whole systems for reading documents can be trained end to end.",
        Reference(Kind.DOI, "10.1109/5.726791"),
    ),
    _paper(
        "Efficient Estimation of Word Representations in Vector Space",
        "Tomas Mikolov, Kai Chen, Greg Corrado, Jeffrey Dean",
        2013,
        "ICLR Workshop",
        "Two very simple models learn word vectors from billions of words within a day. "
        "Directions in the space carry meaning, so that analogies become arithmetic.",
        Reference(Kind.ARXIV, "1301.3781"),
    ),
    _paper(
        "Neural Machine Translation by Jointly Learning to Align and Translate",
        "Dzmitry Bahdanau, Kyunghyun Cho, Yoshua Bengio",
        2015,
        "ICLR",
        "Instead of squeezing a sentence into one vector, the translator looks back at the "
        "source words and learns where to look. This soft alignment was the beginning of "
        "attention.",
        Reference(Kind.ARXIV, "1409.0473"),
    ),
    _paper(
        "Sequence to Sequence Learning with Neural Networks",
        "Ilya Sutskever, Oriol Vinyals, Quoc V. Le",
        2014,
        "NeurIPS",
        "One LSTM reads a sentence into a vector, another writes the translation from it. "
        "Reading the source backwards turned out to help a great deal.",
        Reference(Kind.ARXIV, "1409.3215"),
    ),
    _paper(
        "Language Models are Few-Shot Learners",
        "Tom B. Brown, Benjamin Mann, Nick Ryder, Melanie Subbiah, Jared Kaplan, Prafulla "
        "Dhariwal, Arvind Neelakantan, Pranav Shyam, Girish Sastry, Amanda Askell, Sandhini "
        "Agarwal, Ariel Herbert-Voss, Gretchen Krueger, Tom Henighan, Rewon Child, Aditya "
        "Ramesh, Daniel M. Ziegler, Jeffrey Wu, Clemens Winter, Christopher Hesse, Mark Chen, "
        "Eric Sigler, Mateusz Litwin, Scott Gray, Benjamin Chess, Jack Clark, Christopher "
        "Berner, Sam McCandlish, Alec Radford, Ilya Sutskever, Dario Amodei",
        2020,
        "NeurIPS",
        "A language model of 175 billion parameters, GPT-3, solves new tasks from a few "
        "examples in its prompt, without any training on them. The paper measures where that "
        "works, where it does not, and what worries it brings.",
        Reference(Kind.ARXIV, "2005.14165"),
    ),
    _paper(
        "Learning Transferable Visual Models From Natural Language Supervision",
        "Alec Radford, Jong Wook Kim, Chris Hallacy, Aditya Ramesh, Gabriel Goh, Sandhini "
        "Agarwal, Girish Sastry, Amanda Askell, Pamela Mishkin, Jack Clark, Gretchen Krueger, "
        "Ilya Sutskever",
        2021,
        "ICML",
        "Trains an image and a text encoder together to find out which caption belongs to "
        "which picture. The model, CLIP, then recognises classes it was never trained on, from "
        "their names alone.",
        Reference(Kind.ARXIV, "2103.00020"),
    ),
    _paper(
        "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
        "Alexey Dosovitskiy, Lucas Beyer, Alexander Kolesnikov, Dirk Weissenborn, Xiaohua "
        "Zhai, Thomas Unterthiner, Mostafa Dehghani, Matthias Minderer, Georg Heigold, Sylvain "
        "Gelly, Jakob Uszkoreit, Neil Houlsby",
        2021,
        "ICLR",
        "Cuts an image into patches and feeds them to a plain Transformer as if they were "
        "words. Given enough data to pre-train on, it matches or beats convolutional networks "
        "with less computation.",
        Reference(Kind.ARXIV, "2010.11929"),
    ),
    _paper(
        "Denoising Diffusion Probabilistic Models",
        "Jonathan Ho, Ajay Jain, Pieter Abbeel",
        2020,
        "NeurIPS",
        "Generates images by undoing noise step by step. A simple training target, predicting "
        "the noise, gives samples as good as the best of their time and started the wave of "
        "diffusion models.",
        Reference(Kind.ARXIV, "2006.11239"),
    ),
    _paper(
        "LoRA: Low-Rank Adaptation of Large Language Models",
        "Edward J. Hu, Yelong Shen, Phillip Wallis, Zeyuan Allen-Zhu, Yuanzhi Li, Shean Wang, "
        "Lu Wang, Weizhu Chen",
        2022,
        "ICLR",
        "Freezes a large model and trains only small low-rank matrices beside its weights. "
        "Fine-tuning needs a fraction of the memory, and nothing is slower afterwards, since "
        "the matrices can be merged in.",
        Reference(Kind.ARXIV, "2106.09685"),
    ),
    _paper(
        "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
        "Jason Wei, Xuezhi Wang, Dale Schuurmans, Maarten Bosma, Brian Ichter, Fei Xia, Ed H. "
        "Chi, Quoc V. Le, Denny Zhou",
        2022,
        "NeurIPS",
        "Showing a large language model a few worked examples with their intermediate steps "
        "makes it reason in steps as well, and lifts its results on arithmetic and common- "
        "sense problems.",
        Reference(Kind.ARXIV, "2201.11903"),
    ),
    _paper(
        "Training language models to follow instructions with human feedback",
        "Long Ouyang, Jeff Wu, Xu Jiang, Diogo Almeida, Carroll L. Wainwright, Pamela Mishkin, "
        "Chong Zhang, Sandhini Agarwal, Katarina Slama, Alex Ray, John Schulman, Jacob Hilton, "
        "Fraser Kelton, Luke Miller, Maddie Simens, Amanda Askell, Peter Welinder, Paul "
        "Christiano, Jan Leike, Ryan Lowe",
        2022,
        "NeurIPS",
        "People rank a model's answers, a second model learns their taste, and reinforcement "
        "learning follows it. The tuned model of 1.3 billion parameters is preferred to the "
        "plain one of 175 billion.",
        Reference(Kind.ARXIV, "2203.02155"),
    ),
    _paper(
        "Mamba: Linear-Time Sequence Modeling with Selective State Spaces",
        "Albert Gu, Tri Dao",
        2023,
        "arXiv",
        "A state-space model whose parameters depend on the input, so that it can choose what "
        "to remember. It handles very long sequences in linear time and keeps up with "
        "Transformers twice its size.",
        Reference(Kind.ARXIV, "2312.00752"),
    ),
)
